using System.Collections.Immutable;

namespace Msr.Core.Checkpoints;

/// <summary>What the header says of one tensor; begin and end count from the first byte of the data.</summary>
internal readonly record struct SafetensorsEntry(string Name, SafetensorsDtype Dtype, ImmutableArray<long> Shape, long Begin, long End);
