using Msr.Core.Backends;
using Msr.Core.Ops;
using Msr.Core.Plans;
using Msr.Cuda.Interop;
using Msr.Cuda.Memory;

namespace Msr.Cuda;

/// <summary>
/// A plan on a GPU. The first step with a number of samples chooses algorithms and records its launches as a graph; later steps launch that graph
/// as a whole, without host work per op and without allocations.
/// </summary>
internal sealed class CudaExecutable : CanonicalExecutable<float>
{
    private readonly CudaBackend _backend;
    private readonly Workspace _workspace;
    private readonly PinnedReports _reports;
    private readonly Dictionary<Recording, CudaGraph> _graphs = [];

    /// <summary>Allocates a plan.</summary>
    /// <param name="backend">The backend, which must outlive the executable.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How to compile.</param>
    /// <exception cref="NotSupportedException">The plan holds an op that the backend does not support; the message names it.</exception>
    /// <exception cref="CudaException">The device lacks the memory, or refuses.</exception>
    public CudaExecutable(CudaBackend backend, Plan<float> plan, CompileOptions options)
        : base(backend, plan, options)
    {
        (_backend, _workspace, _reports) = (backend, backend.NewWorkspace(), backend.NewReports(options.KeptReports, plan.BatchSize));
        backend.Resources.Add(this);
    }

    /// <inheritdoc/>
    public override void Read(Span<StepReport> reports)
    {
        using CudaBackend.Lease lease = _backend.Take();
        _reports.Read(reports);
    }

    /// <inheritdoc/>
    protected override void KeepReport(BoundPlan<float> bound, int samples)
    {
        using CudaBackend.Lease lease = _backend.Take();
        _reports.Keep(CudaMemory<float>.AddressOf(bound.Loss), CudaMemory<int>.AddressOf(bound.Correct), samples);
    }

    /// <inheritdoc/>
    protected override void RunStep(BoundPlan<float> bound, bool begins, bool updates) =>
        Launch(new Recording(bound, (begins ? Parts.Begin : Parts.None) | Parts.Forward | Parts.Backward | (updates ? Parts.Update : Parts.None)));

    /// <inheritdoc/>
    protected override void RunEvaluation(BoundPlan<float> bound) => Launch(new Recording(bound, Parts.Evaluation));

    /// <inheritdoc/>
    protected override void RunRecentring(BoundPlan<float> bound)
    {
        if (bound.Recentre.Length > 0)
        {
            Launch(new Recording(bound, Parts.Recentre));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _backend.Resources.Remove(this);
        foreach (CudaGraph graph in _graphs.Values)
        {
            graph.Dispose();
        }

        _graphs.Clear();
        _reports.Dispose();
        _workspace.Dispose();
        base.Dispose(disposing);
    }

    private void Launch(Recording recording)
    {
        using CudaBackend.Lease lease = _backend.Take();
        if (!_graphs.TryGetValue(recording, out CudaGraph? graph))
        {
            graph = Record(recording);
            _graphs.Add(recording, graph);
        }

        graph.Launch(_backend.Stream);
    }

    private CudaGraph Record(Recording recording)
    {
        Op<float>[] ops = [.. recording.Ops];
        foreach (Op<float> op in ops)
        {
            _workspace.Reserve(_backend.Prepare(op));
        }

        List<Pass> passes = PassFusion.Fuse(ops, _backend.RunsTogether);
        _backend.Stream.BeginCapture();
        try
        {
            foreach (Pass pass in passes)
            {
                _backend.Queue(pass, _workspace.Address);
            }
        }
        catch
        {
            _backend.Stream.AbandonCapture();
            throw;
        }

        return _backend.Stream.EndCapture();
    }

    [Flags]
    private enum Parts
    {
        None = 0,
        Begin = 1,
        Forward = 2,
        Backward = 4,
        Update = 8,
        Evaluation = 16,
        Recentre = 32,
    }

    /// <summary>The ops that a graph is recorded from.</summary>
    private readonly record struct Recording(BoundPlan<float> Bound, Parts Parts)
    {
        public IEnumerable<Op<float>> Ops =>
        [
            .. Of(Parts.Begin, Bound.Begin),
            .. Of(Parts.Forward, Bound.Forward),
            .. Of(Parts.Backward, Bound.Backward),
            .. Of(Parts.Update, Bound.Update),
            .. Of(Parts.Evaluation, Bound.EvaluationForward),
            .. Of(Parts.Recentre, Bound.Recentre),
        ];

        private Op<float>[] Of(Parts part, Op<float>[] ops) => Parts.HasFlag(part) ? ops : [];
    }
}

/// <summary>One pass over memory: an op, or two fused ops.</summary>
/// <param name="Op">The op, or the first of two.</param>
/// <param name="Then">The second; null where the op runs alone.</param>
internal readonly record struct Pass(Op<float> Op, Op<float>? Then = null);

/// <summary>
/// Fuses a list of ops into passes over memory: a bias or sum with the ReLU that overwrites it, a ReLU gradient with its copy for a shortcut or with
/// the bias gradient that sums it. The bits are those of the list.
/// </summary>
internal static class PassFusion
{
    /// <summary>Fuses a list.</summary>
    /// <param name="ops">The ops in order, on the memory of a plan.</param>
    /// <param name="runsTogether">Whether one pass can run two ops, one after the other.</param>
    public static List<Pass> Fuse(IReadOnlyList<Op<float>> ops, Func<Op<float>, Op<float>, bool> runsTogether)
    {
        List<Pass> passes = [];
        for (int i = 0; i < ops.Count; i++)
        {
            bool together = i + 1 < ops.Count && runsTogether(ops[i], ops[i + 1]);
            passes.Add(new Pass(ops[i], together ? ops[i + 1] : null));
            i += together ? 1 : 0;
        }

        return passes;
    }
}
