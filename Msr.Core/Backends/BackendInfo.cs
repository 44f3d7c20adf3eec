namespace Msr.Core.Backends;

/// <summary>What a backend says of itself.</summary>
/// <param name="Name">The name users select it by, such as <c>cpu</c> or <c>cpu:f64</c>.</param>
/// <param name="Device">What it runs on, for people, such as <c>AVX2 (256 bits), 2 threads</c>.</param>
/// <param name="Accuracy">The rounding it declares.</param>
/// <param name="Bitwise">What it promises to the last bit.</param>
/// <param name="VectorBits">The vector width its bits depend on; 0 where they depend on none.</param>
/// <param name="Threads">The number of threads it computes on.</param>
public sealed record BackendInfo(string Name, string Device, Accuracy Accuracy, BitwiseGuarantees Bitwise, int VectorBits, int Threads);
