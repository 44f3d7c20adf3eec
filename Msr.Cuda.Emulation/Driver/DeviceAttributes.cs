namespace Msr.Cuda.Emulation.Driver;

/// <summary>The attributes of an emulated device, by the driver's numbers.</summary>
internal static class DeviceAttributes
{
    /// <summary>The largest extent of a block along x, y and z.</summary>
    public static (uint X, uint Y, uint Z) LargestBlock => (1024, 1024, 64);

    /// <summary>The largest extent of a grid along x, y and z.</summary>
    public static (uint X, uint Y, uint Z) LargestGrid => (int.MaxValue, 65535, 65535);

    /// <summary>Threads of a block.</summary>
    public const int LargestThreads = 1024;

    /// <summary>Bytes of shared memory that a block has without asking for more.</summary>
    public const int SharedBytes = 48 << 10;

    /// <summary>An attribute.</summary>
    /// <param name="attribute">Its number.</param>
    /// <param name="capability">The compute capability, 10 × major + minor.</param>
    /// <exception cref="CallFailedException">The emulation does not know it.</exception>
    public static int Get(int attribute, int capability) => attribute switch
    {
        1 => LargestThreads,
        2 => (int)LargestBlock.X,
        3 => (int)LargestBlock.Y,
        4 => (int)LargestBlock.Z,
        5 => (int)LargestGrid.X,
        6 => (int)LargestGrid.Y,
        7 => (int)LargestGrid.Z,
        8 => SharedBytes,
        10 => 32,
        12 => 65536,
        13 => 1_500_000,
        16 => 16,
        36 => 1_000_000,
        37 => 256,
        38 => 4 << 20,
        39 => 2048,
        75 => capability / 10,
        76 => capability % 10,
        81 => 96 << 10,
        97 => 96 << 10,
        _ => throw CallFailedException.Fault(
            CudaStatus.InvalidValue, $"The emulated device has no attribute {attribute}: add it to {nameof(DeviceAttributes)}."),
    };
}
