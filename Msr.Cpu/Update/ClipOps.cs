using System.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Update;

/// <summary>The factor that clips a norm.</summary>
internal static unsafe class ClipOps<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>factor = ‖g‖ &gt; limit ? limit/‖g‖ : 1; NaN where the norm is not finite.</summary>
    public static void Run(ClipFactor<T> op)
    {
        T norm = T.Sqrt(*HostMemory<T>.PointerTo(op.SquaredNorm)), limit = T.CreateTruncating(op.Limit);
        T factor = norm > limit ? limit / norm : T.One;
        *HostMemory<T>.PointerTo(op.Factor) = T.IsFinite(norm) ? factor : T.NaN;
    }
}
