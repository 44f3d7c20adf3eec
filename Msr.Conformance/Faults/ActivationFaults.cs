using Msr.Core.Ops;

namespace Msr.Conformance.Faults;

/// <summary>Rectifiers, biases and sums by channel or row.</summary>
internal static class ActivationFaults
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new ReluGradientAtZero(),
        new ChangedOutput(
            "relu-swallows-nan",
            "a NaN becomes 0, as in a maximum with 0",
            static (_, _, y) => Replace(y, static value => double.IsNaN(value) ? 0 : value),
            ReluForward<double>.Kind),
        new ChangedOutput(
            "relu-loses-the-sign-of-zero",
            "−0 becomes +0",
            static (_, _, y) => Replace(y, static value => value == 0 ? 0 : value),
            ReluForward<double>.Kind),
        new ChangedInput(
            "bias-missing",
            "the bias is not added",
            static operand => operand.Name == "b",
            static (b, _) => b.AsSpan().Clear(),
            BiasAdd<double>.Kind),
        new ChangedInput(
            "bias-of-the-next-channel",
            "each channel gets the bias of the next one",
            static operand => operand.Name == "b",
            static (b, _) => Rotate(b),
            BiasAdd<double>.Kind),
        new ChangedInput(
            "bias-gradient-misses-a-row",
            "the last row is not summed",
            static operand => operand.Name == "dy",
            static (dy, shape) => dy.AsSpan(dy.Length - shape.Inner).Clear(),
            BiasGradient<double>.Kind),
        new ChangedInput(
            "norms-miss-the-last",
            "the last element of each row is not squared and summed",
            static operand => operand.Name == "x",
            static (x, shape) => ClearLast(x, shape.Inner),
            SquaredNorms<double>.Kind),
        new MomentsCentred(),
    ];

    private static void Replace(double[] values, Converter<double, double> replace) => Array.ConvertAll(values, replace).CopyTo(values, 0);

    private static void Rotate(double[] values)
    {
        double first = values[0];
        values.AsSpan(1).CopyTo(values);
        values[^1] = first;
    }

    private static void ClearLast(double[] values, int row)
    {
        for (int i = row - 1; i < values.Length; i += row)
        {
            values[i] = 0;
        }
    }

    private sealed class ReluGradientAtZero() : Fault("relu-gradient-at-zero", "the derivative at 0 is 1", ReluBackward<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            double[] y = run.Read("y");
            run.PassWith((run.Operand("y"), Array.ConvertAll(y, static value => value == 0 ? 1 : value)));
        }
    }

    private sealed class MomentsCentred() : Fault("moments-centred", "the mean square is taken around the mean", SegmentMoments<double>.Kind)
    {
        public override void Run<T>(FaultyRun<T> run)
        {
            run.Pass();
            double[] mean = run.Read("mean"), square = run.Read("square");
            run.Write("square", [.. square.Select((value, c) => value - (mean[c] * mean[c]))]);
        }
    }
}
