using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>Keeps every gradient before and after it was projected, by its place in the block of all gradients.</summary>
internal sealed class Projections : IPlanWatcher
{
    private readonly List<(long Offset, double[] Before, double[] After)> _seen = [];

    /// <summary>Forgets what was kept.</summary>
    public void Clear() => _seen.Clear();

    /// <summary>A kernel's gradient before and after its last projection, that of Adam's direction if there are two; none if nothing projected it.</summary>
    public (double[] Before, double[] After)? Of(ProjectedKernel kernel, int length)
    {
        foreach ((long offset, double[] before, double[] after) in _seen.AsEnumerable().Reverse())
        {
            long start = kernel.Offset - offset;
            if (start >= 0 && start + length <= before.Length)
            {
                Range own = (int)start..((int)start + length);
                return (kernel.ToExchange(before[own]), kernel.ToExchange(after[own]));
            }
        }

        return null;
    }

    public void Before<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (bound is IsoclineProject<T> project && planned.Operands[0].Memory is IPlanBuffer { Role: BufferRole.Gradient })
        {
            _seen.Add((planned.Operands[0].Offset, Download(backend, project), []));
        }
    }

    public void After<T>(IBackend<T> backend, Op<T> planned, Op<T> bound)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (bound is IsoclineProject<T> project && planned.Operands[0].Memory is IPlanBuffer { Role: BufferRole.Gradient })
        {
            _seen[^1] = _seen[^1] with { After = Download(backend, project) };
        }
    }

    private static double[] Download<T>(IBackend<T> backend, IsoclineProject<T> project)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] values = new T[project.X.Length];
        backend.Download(project.X, values);
        return Array.ConvertAll(values, double.CreateTruncating);
    }
}
