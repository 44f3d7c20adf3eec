using System.Numerics;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Epilogues;

/// <summary>The epilogues that kernels have in one, see <see cref="RegisterEpilogues{S, V, T}"/>.</summary>
internal enum RegisterEpilogue
{
    /// <summary>None.</summary>
    None,

    /// <summary>A ReLU over the result.</summary>
    Relu,

    /// <summary>A sum with another tensor over the result, then a ReLU.</summary>
    ReluOfSum,

    /// <summary>The gate of a ReLU over the result.</summary>
    Gated,
}

/// <summary>An epilogue on a result that a kernel still holds in a register.</summary>
internal unsafe interface IRegisterEpilogue<V, T>
    where T : unmanaged
{
    /// <summary>The value to store.</summary>
    /// <param name="result">The result.</param>
    /// <param name="y">Where it will be stored.</param>
    /// <param name="other">The same place in another tensor.</param>
    static abstract V Of(V result, T* y, T* other);
}

/// <summary>Epilogues in registers: the arithmetic of the ops that follow.</summary>
internal static unsafe class RegisterEpilogues<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The result.</summary>
    internal readonly struct Stored : IRegisterEpilogue<V, T>
    {
        public static V Of(V result, T* y, T* other) => result;
    }

    /// <summary>The result and what was there.</summary>
    internal readonly struct Added : IRegisterEpilogue<V, T>
    {
        public static V Of(V result, T* y, T* other) => S.Add(S.Load(y), result);
    }

    /// <summary>The result, rectified.</summary>
    internal readonly struct Relu : IRegisterEpilogue<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Relu).Invoke(result);
    }

    /// <summary>The sum of the result and the other tensor, rectified.</summary>
    internal readonly struct ReluOfSum : IRegisterEpilogue<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Relu).Invoke(S.Add(result, S.Load(other)));
    }

    /// <summary>The result where the other tensor is positive.</summary>
    internal readonly struct Gated : IRegisterEpilogue<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Gate).Invoke(S.Load(other), result);
    }

    /// <summary>The result and what was there, where the other tensor is positive.</summary>
    internal readonly struct GatedSum : IRegisterEpilogue<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Gate).Invoke(S.Load(other), S.Add(S.Load(y), result));
    }
}
