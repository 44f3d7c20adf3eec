using System.Numerics;
using Msr.Cpu.Elementwise;
using Msr.Cpu.Simd;

namespace Msr.Cpu.Epilogues;

/// <summary>What kernels store of their results: the arithmetic of the ops that follow, on registers.</summary>
internal static unsafe class Finishes<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The result.</summary>
    internal readonly struct Stored : IFinish<V, T>
    {
        public static V Of(V result, T* y, T* other) => result;
    }

    /// <summary>The result and what was there.</summary>
    internal readonly struct Added : IFinish<V, T>
    {
        public static V Of(V result, T* y, T* other) => S.Add(S.Load(y), result);
    }

    /// <summary>The result, rectified.</summary>
    internal readonly struct Rectified : IFinish<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Rectified).Invoke(result);
    }

    /// <summary>The sum of the result and the other tensor, rectified.</summary>
    internal readonly struct RectifiedSum : IFinish<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Rectified).Invoke(S.Add(result, S.Load(other)));
    }

    /// <summary>The result where the other tensor is positive.</summary>
    internal readonly struct Gated : IFinish<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Gate).Invoke(S.Load(other), result);
    }

    /// <summary>The result and what was there, where the other tensor is positive.</summary>
    internal readonly struct GatedSum : IFinish<V, T>
    {
        public static V Of(V result, T* y, T* other) => default(ElementwiseOps<S, V, T>.Gate).Invoke(S.Load(other), S.Add(S.Load(y), result));
    }
}
