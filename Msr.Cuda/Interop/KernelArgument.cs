using System.Runtime.CompilerServices;

namespace Msr.Cuda.Interop;

/// <summary>One scalar or pointer argument of a kernel, in the eight bytes that a launch reads at most of it.</summary>
internal readonly struct KernelArgument
{
    private readonly ulong _bits;

    private KernelArgument(ulong bits) => _bits = bits;

    /// <summary>The bits, the value in the low ones.</summary>
    public ulong Bits => _bits;

    public static implicit operator KernelArgument(ulong address) => new(address);

    public static implicit operator KernelArgument(uint value) => new(value);

    public static implicit operator KernelArgument(int value) => new((uint)value);

    public static implicit operator KernelArgument(bool value) => new(value ? 1u : 0u);

    public static implicit operator KernelArgument(float value) => new(Unsafe.BitCast<float, uint>(value));
}
