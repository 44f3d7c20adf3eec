using System.Numerics;
using System.Numerics.Tensors;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace Msr.Cpu.Oracle;

/// <summary>
/// The three convolution ops on planes of the padded input (<see cref="ConvolutionGrid"/>): one multiply-add, or one inner product, for each pair
/// of channels and each tap, over spans of about 2,000 elements that hold as many samples as fit. A sum stays in the first level of cache
/// for all input channels and taps.
/// </summary>
internal static class OracleConvolution
{
    /// <summary>y[n,p,q,k] = Σ_{r,s,c} x[n, source(p,r), source(q,s), c]·w[k,r,s,c].</summary>
    public static void Forward<T>(ConvForward<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Pixels<T> x = new(op.X), y = new(op.Y);
        Frame<T> frame = new(g, x.N, workspace);
        Planes<T> source = frame.TakeInput(workspace), sum = frame.TakeOutput(workspace);
        ReadOnlySpan<T> w = HostMemory<T>.SpanOf(op.W);
        for (int first = 0; first < x.N; first += frame.Grid.Samples)
        {
            int samples = Math.Min(frame.Grid.Samples, x.N - first), outputs = frame.Grid.Outputs(samples);
            frame.FillInput(source, x, (first, samples));
            for (int place = 0; place < outputs; place += Workspace.LongestSpan)
            {
                int count = Math.Min(Workspace.LongestSpan, outputs - place);
                for (int k = 0; k < g.K; k++)
                {
                    Forward(frame, source, w.Slice(k * g.Taps * g.GroupC, g.Taps * g.GroupC), k / g.GroupK * g.GroupC, place, sum.Slice(k, place, count));
                }
            }

            frame.EmptyOutput(sum, y, (first, samples), op.Accumulate);
        }
    }

    /// <summary>dx[n, source(p,r), source(q,s), c] += dy[n,p,q,k]·w[k,r,s,c].</summary>
    public static void BackwardData<T>(ConvBackwardData<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Pixels<T> dy = new(op.Dy), dx = new(op.Dx);
        Frame<T> frame = new(g, dy.N, workspace);
        Planes<T> source = frame.TakeOutput(workspace), sum = frame.TakeInput(workspace);
        ReadOnlySpan<T> w = HostMemory<T>.SpanOf(op.W);
        if (!op.Accumulate)
        {
            HostMemory<T>.SpanOf(op.Dx).Clear();
        }

        for (int first = 0; first < dy.N; first += frame.Grid.Samples)
        {
            int samples = Math.Min(frame.Grid.Samples, dy.N - first), places = samples * frame.Grid.Height * frame.Grid.Width;
            frame.FillOutput(source, dy, (first, samples));
            for (int place = 0; place < places; place += Workspace.LongestSpan)
            {
                int count = Math.Min(Workspace.LongestSpan, places - place);
                for (int plane = 0; plane < g.C * frame.Grid.Phases; plane++)
                {
                    BackwardData(frame, source, w, (plane / frame.Grid.Phases, plane % frame.Grid.Phases), place, sum.Slice(plane, place, count));
                }
            }

            frame.AddInput(sum, dx, (first, samples));
        }
    }

    /// <summary>dw[k,r,s,c] = Σ_{n,p,q} dy[n,p,q,k]·x[n, source(p,r), source(q,s), c].</summary>
    public static void BackwardFilter<T>(ConvBackwardFilter<T> op, Workspace workspace)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = op.Geometry;
        Pixels<T> x = new(op.X), dy = new(op.Dy);
        Frame<T> frame = new(g, x.N, workspace);
        Planes<T> source = frame.TakeInput(workspace), gradient = frame.TakeOutput(workspace);
        Span<T> dw = HostMemory<T>.SpanOf(op.Dw), sums = workspace.TakeZeros<T>(dw.Length);
        for (int first = 0; first < x.N; first += frame.Grid.Samples)
        {
            int samples = Math.Min(frame.Grid.Samples, x.N - first), outputs = frame.Grid.Outputs(samples);
            frame.FillInput(source, x, (first, samples));
            frame.FillOutput(gradient, dy, (first, samples));

            // A zero between two rows times an infinity would be NaN: where x is not finite, rows are multiplied one by one.
            if (!source.AreFinite)
            {
                for (int row = 0; row < samples * g.P; row++)
                {
                    BackwardFilter(frame, source, gradient, sums, ((row / g.P * frame.Grid.Height) + (row % g.P)) * frame.Grid.Width, g.Q);
                }

                continue;
            }

            for (int place = 0; place < outputs; place += Workspace.LongestSpan)
            {
                BackwardFilter(frame, source, gradient, sums, place, Math.Min(Workspace.LongestSpan, outputs - place));
            }
        }

        if (op.Accumulate)
        {
            TensorPrimitives.Add(dw, sums, dw);
        }
        else
        {
            sums.CopyTo(dw);
        }
    }

    private static void Forward<T>(Frame<T> frame, Planes<T> source, ReadOnlySpan<T> w, int firstChannel, int place, Span<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int channels = w.Length / frame.Taps.Length;
        sum.Clear();
        for (int c = 0; c < channels; c++)
        {
            for (int t = 0; t < frame.Taps.Length; t++)
            {
                (int phase, int distance) = frame.Taps[t];
                ReadOnlySpan<T> x = source.Slice(((firstChannel + c) * frame.Grid.Phases) + phase, place + distance, sum.Length);
                TensorPrimitives.MultiplyAdd(x, w[(t * channels) + c], sum, sum);
            }
        }
    }

    private static void BackwardData<T>(Frame<T> frame, Planes<T> source, ReadOnlySpan<T> w, (int Channel, int Phase) plane, int place, Span<T> sum)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = frame.Geometry;
        int firstFilter = plane.Channel / g.GroupC * g.GroupK;
        sum.Clear();
        for (int k = firstFilter; k < firstFilter + g.GroupK; k++)
        {
            for (int t = 0; t < frame.Taps.Length; t++)
            {
                (int phase, int distance) = frame.Taps[t];
                if (phase == plane.Phase)
                {
                    T weight = w[(((k * g.Taps) + t) * g.GroupC) + (plane.Channel % g.GroupC)];
                    TensorPrimitives.MultiplyAdd(source.Slice(k, place - distance, sum.Length), weight, sum, sum);
                }
            }
        }
    }

    /// <summary>Adds what some places give to all filters.</summary>
    private static void BackwardFilter<T>(Frame<T> frame, Planes<T> source, Planes<T> gradient, Span<T> sums, int place, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ConvGeometry g = frame.Geometry;
        for (int k = 0; k < g.K; k++)
        {
            ReadOnlySpan<T> dy = gradient.Slice(k, place, count);
            for (int c = 0; c < g.GroupC; c++)
            {
                int channel = (k / g.GroupK * g.GroupC) + c;
                for (int t = 0; t < frame.Taps.Length; t++)
                {
                    (int phase, int distance) = frame.Taps[t];
                    ReadOnlySpan<T> x = source.Slice((channel * frame.Grid.Phases) + phase, place + distance, count);
                    sums[(((k * g.Taps) + t) * g.GroupC) + c] += TensorPrimitives.Dot(dy, x);
                }
            }
        }
    }

    /// <summary>A grid with what lies where: input and output of a convolution as planes, and back.</summary>
    private readonly ref struct Frame<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<int> _rows;
        private readonly Span<int> _columns;

        public Frame(ConvGeometry geometry, int samples, Workspace workspace)
        {
            Geometry = geometry;
            Grid = new ConvolutionGrid(geometry, samples);
            Taps = workspace.Take<(int Phase, int Distance)>(geometry.Taps);
            Grid.FillTaps(Taps);
            _rows = workspace.Take<int>(Grid.Height);
            _columns = workspace.Take<int>(Grid.Width);
        }

        public ConvGeometry Geometry { get; }

        public ConvolutionGrid Grid { get; }

        public Span<(int Phase, int Distance)> Taps { get; }

        /// <summary>Planes of the padded input: zeros after the last place, which the last outputs read.</summary>
        public Planes<T> TakeInput(Workspace workspace) =>
            new(workspace.TakeZeros<T>((long)Geometry.C * Grid.Phases * Grid.Length), Grid.Length);

        /// <summary>Planes of the output: zeros before the first place, which the first elements read.</summary>
        public Planes<T> TakeOutput(Workspace workspace) =>
            new(workspace.TakeZeros<T>((long)Geometry.K * Grid.Length), Grid.Length, Grid.Reach);

        public void FillInput(Planes<T> planes, Pixels<T> x, (int First, int Count) samples)
        {
            for (int phase = 0; phase < Grid.Phases; phase++)
            {
                FindInput(phase);
                planes.Fill(x, samples, (phase, Grid.Phases), _rows, _columns);
            }
        }

        public void AddInput(Planes<T> planes, Pixels<T> dx, (int First, int Count) samples)
        {
            for (int phase = 0; phase < Grid.Phases; phase++)
            {
                FindInput(phase);
                planes.Empty(dx, samples, (phase, Grid.Phases), _rows, _columns, adds: true);
            }
        }

        public void FillOutput(Planes<T> planes, Pixels<T> dy, (int First, int Count) samples)
        {
            FindOutput();
            planes.Fill(dy, samples, (0, 1), _rows, _columns);
        }

        public void EmptyOutput(Planes<T> planes, Pixels<T> y, (int First, int Count) samples, bool adds)
        {
            FindOutput();
            planes.Empty(y, samples, (0, 1), _rows, _columns, adds);
        }

        private void FindInput(int phase)
        {
            Grid.FillRows(phase / Grid.ColumnPhases, _rows);
            Grid.FillColumns(phase % Grid.ColumnPhases, _columns);
        }

        private void FindOutput()
        {
            for (int i = 0; i < _rows.Length; i++)
            {
                _rows[i] = i < Geometry.P ? i : -1;
            }

            for (int i = 0; i < _columns.Length; i++)
            {
                _columns[i] = i < Geometry.Q ? i : -1;
            }
        }
    }
}
