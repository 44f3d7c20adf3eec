namespace Msr.Cpu.Simd;

/// <summary>
/// A vector width, as static methods over a raw vector type: kernels are written once against it, and the JIT sees nothing but intrinsics on
/// locals, which it keeps in registers.
/// </summary>
/// <typeparam name="V">The vector.</typeparam>
/// <typeparam name="T">Its element.</typeparam>
internal unsafe interface ISimd<V, T>
    where V : unmanaged
    where T : unmanaged
{
    /// <summary>Elements of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are 32 registers, not 16.</summary>
    static abstract bool ManyRegisters { get; }

    static abstract V Zero { get; }

    static abstract V Load(T* source);

    static abstract void Store(V value, T* destination);

    static abstract V Broadcast(T value);

    /// <summary>An integer in every lane, as bits: for <see cref="SelectBeats"/> alone.</summary>
    static abstract V BroadcastIndex(int index);

    static abstract V Add(V a, V b);

    static abstract V Subtract(V a, V b);

    static abstract V Multiply(V a, V b);

    static abstract V Divide(V a, V b);

    static abstract V Sqrt(V a);

    /// <summary>a·b + c, fused where the hardware has it.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);

    /// <summary>a &gt; b ? x : y, lane by lane; false where either is NaN.</summary>
    static abstract V SelectGreater(V a, V b, V x, V y);

    /// <summary>x or y as a is a new maximum over b: greater, or the first NaN.</summary>
    static abstract V SelectBeats(V a, V b, V x, V y);
}
