using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;
using Msr.Cpu.Simd;
using Msr.Cpu.Threading;

namespace Msr.Cpu.Elementwise;

/// <summary>The ops that treat every element alike.</summary>
internal static unsafe class ElementwiseOps<S, V, T>
    where S : struct, ISimd<V, T>
    where V : unmanaged
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>y = a + b.</summary>
    public static void Run(KernelContext context, Add<T> op) => Elementwise<S, V, T>.Map(
        context, default(Sum), HostMemory<T>.PointerTo(op.A), HostMemory<T>.PointerTo(op.B), HostMemory<T>.PointerTo(op.Y), op.Y.Length);

    /// <summary>y = x, or y + x.</summary>
    public static void Run(KernelContext context, Copy<T> op)
    {
        T* x = HostMemory<T>.PointerTo(op.X), y = HostMemory<T>.PointerTo(op.Y);
        if (op.Accumulate)
        {
            Elementwise<S, V, T>.Map(context, default(Sum), y, x, y, op.Y.Length);
        }
        else
        {
            Elementwise<S, V, T>.Map(context, default(Same), x, y, op.Y.Length);
        }
    }

    /// <summary>y = value.</summary>
    public static void Run(KernelContext context, Fill<T> op)
    {
        T* y = HostMemory<T>.PointerTo(op.Y);
        Elementwise<S, V, T>.Map(context, new Constant(S.Broadcast(op.Value)), y, y, op.Y.Length);
    }

    /// <summary>x = factor·x.</summary>
    public static void Run(KernelContext context, Scale<T> op)
    {
        T* x = HostMemory<T>.PointerTo(op.X);
        Elementwise<S, V, T>.Map(context, new Product(S.Broadcast(*HostMemory<T>.PointerTo(op.Factor))), x, x, op.X.Length);
    }

    /// <summary>y = x &lt; 0 ? 0 : x.</summary>
    public static void Run(KernelContext context, ReluForward<T> op) => Elementwise<S, V, T>.Map(
        context, default(Relu), HostMemory<T>.PointerTo(op.X), HostMemory<T>.PointerTo(op.Y), op.Y.Length);

    /// <summary>dx = y &gt; 0 ? dy : 0, or added.</summary>
    public static void Run(KernelContext context, ReluBackward<T> op)
    {
        T* y = HostMemory<T>.PointerTo(op.Y), dy = HostMemory<T>.PointerTo(op.Dy), dx = HostMemory<T>.PointerTo(op.Dx);
        if (op.Accumulate)
        {
            Elementwise<S, V, T>.Map(context, default(GateAdded), y, dy, dx, dx, op.Dx.Length);
        }
        else
        {
            Elementwise<S, V, T>.Map(context, default(Gate), y, dy, dx, op.Dx.Length);
        }
    }

    internal readonly struct Sum : IMap2<V>
    {
        public V Invoke(V a, V b) => S.Add(a, b);
    }

    internal readonly struct Same : IMap1<V>
    {
        public V Invoke(V a) => a;
    }

    internal readonly struct Constant(V value) : IMap1<V>
    {
        private readonly V _value = value;

        public V Invoke(V a) => _value;
    }

    internal readonly struct Product(V factor) : IMap1<V>
    {
        private readonly V _factor = factor;

        public V Invoke(V a) => S.Multiply(_factor, a);
    }

    internal readonly struct Relu : IMap1<V>
    {
        public V Invoke(V a) => S.SelectGreater(S.Zero, a, S.Zero, a);
    }

    internal readonly struct Gate : IMap2<V>
    {
        public V Invoke(V a, V b) => S.SelectGreater(a, S.Zero, b, S.Zero);
    }

    internal readonly struct GateAdded : IMap3<V>
    {
        public V Invoke(V a, V b, V c) => S.Add(c, S.SelectGreater(a, S.Zero, b, S.Zero));
    }
}
