using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Wrong indices in convolutions and matrix products, and weights that are not those of this run.</summary>
internal static class ConvolutionFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ConvolutionLoop("dropped-product", "the last tap of the last channel is not added")
        {
            Channels = static (g, r, s) => r == g.R - 1 && s == g.S - 1 ? g.GroupC - 1 : g.GroupC,
        },
        new ConvolutionLoop("off-by-one-pad", "every window begins one row too low") { Row = static (g, p, r) => Position(g, p, r, g.Padding.Top - 1) },
        new ConvolutionLoop("flipped-kernel", "taps run backwards: a true convolution instead of a cross-correlation")
        {
            Tap = static (g, r, s) => ((g.R - 1 - r) * g.S) + g.S - 1 - s,
        },
        new ConvolutionLoop("transposed-kernel", "rows and columns of the taps are exchanged") { Tap = static (g, r, s) => (s * g.R) + r },
        new ConvolutionLoop("swapped-pads", "top and left padding are exchanged")
        {
            Row = static (g, p, r) => Position(g, p, r, g.Padding.Left),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Top + (s * g.DilationW), g.W, g.Mode),
        },
        new ConvolutionLoop("pads-from-the-end", "the padding at the end of an axis is taken for the one at its beginning")
        {
            Row = static (g, p, r) => Position(g, p, r, g.Padding.Bottom),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Right + (s * g.DilationW), g.W, g.Mode),
        },
        new ConvolutionLoop("swapped-strides", "vertical and horizontal stride are exchanged")
        {
            Row = static (g, p, r) => ConvGeometry.Source((p * g.StrideW) - g.Padding.Top + (r * g.DilationH), g.H, g.Mode),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideH) - g.Padding.Left + (s * g.DilationW), g.W, g.Mode),
        },
        new ConvolutionLoop("dilation-ignored", "taps lie side by side whatever the dilation")
        {
            Row = static (g, p, r) => ConvGeometry.Source((p * g.StrideH) - g.Padding.Top + r, g.H, g.Mode),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Left + s, g.W, g.Mode),
        },
        new ConvolutionLoop("padding-mode-ignored", "borders are zero where they should replicate or reflect")
        {
            Row = static (g, p, r) => ConvGeometry.Source((p * g.StrideH) - g.Padding.Top + (r * g.DilationH), g.H, PaddingMode.Zero),
            Column = static (g, q, s) => ConvGeometry.Source((q * g.StrideW) - g.Padding.Left + (s * g.DilationW), g.W, PaddingMode.Zero),
        },
        new ConvolutionLoop("wrong-group", "an output channel reads the input channels of the next group")
        {
            FirstChannel = static (g, k) => ((k / g.GroupK) + 1) % g.Groups * g.GroupC,
        },
        new StaleWeights(),
        new TransposeIgnored(),
        new ShortInnerLoop(),
    ];

    private static int Position(ConvGeometry g, int p, int r, int top) => ConvGeometry.Source((p * g.StrideH) - top + (r * g.DilationH), g.H, g.Mode);

    private sealed class StaleWeights() : Fault(
        "stale-weights", "the weights of the previous run of the same shape are used, as from a packed copy that is not renewed", "conv.forward", "conv.backward-data")
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            object key = (run.Op.Name, string.Join('|', run.Op.Operands.Select(static operand => operand.Shape)));
            Operand w = run.Operand("w");
            double[] now = run.Read(w);
            if (run.Memory.TryGetValue(key, out double[]? before))
            {
                run.PassWith((w, before));
            }
            else
            {
                run.Pass();
            }

            run.Memory[key] = now;
        }
    }

    private sealed class TransposeIgnored() : Fault("transpose-ignored", "a transposed left factor is read as if it were not", MatMul<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            MatMul<T> op = (MatMul<T>)run.Op;
            Shape plain = op.TransposeA ? new Shape(op.A.Shape[1], op.A.Shape[0]) : op.A.Shape;
            run.Run(new MatMul<T>(op.A.As(plain), op.B, op.C, TransposeA: false, op.TransposeB, op.Accumulate));
        }
    }

    private sealed class ShortInnerLoop() : Fault("short-inner-loop", "a matrix product leaves out the last element of its inner extent", MatMul<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            MatMul<T> op = (MatMul<T>)run.Op;
            double[] a = run.Read("a");
            int inner = op.A.Shape[op.TransposeA ? 0 : 1], row = op.A.Shape.Inner;
            for (int i = 0; i < a.Length; i++)
            {
                a[i] = (op.TransposeA ? i / row : i % row) == inner - 1 ? 0 : a[i];
            }

            run.PassWith((run.Operand("a"), a));
        }
    }
}
