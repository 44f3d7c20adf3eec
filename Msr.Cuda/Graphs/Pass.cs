using Msr.Core.Ops;

namespace Msr.Cuda.Graphs;

/// <summary>What one launch of a graph does: an op, or two in one pass over memory.</summary>
/// <param name="Op">The op, or the first of two.</param>
/// <param name="Then">The second; null where the op runs alone.</param>
internal readonly record struct Pass(Op<float> Op, Op<float>? Then = null);
