using Msr.Conformance.Cases;

namespace Msr.Conformance.Ops;

/// <summary>A case of batch normalisation.</summary>
internal abstract class BatchNormCase : RowsCase
{
    private protected BatchNormCase(OpEntry entry, CaseDescriptor descriptor)
        : base(entry, descriptor)
    {
        Epsilon = Math.Pow(10, -descriptor.Parameters["e"]);
        Momentum = descriptor.Parameters.Has("m") ? descriptor.Parameters["m"] / 100.0 : 0.1;
    }

    public double Epsilon { get; set; }

    public double Momentum { get; set; }

    public sealed override bool IsExactOnIntegers => false;

    public sealed override int AccumulationLength => Height;

    public sealed override bool TakesSpecialValues(string operand) => operand is "x" or "dy" or "gamma" or "beta";

    /// <summary>The elements of one channel.</summary>
    public static double[] Channel(double[] tensor, int channel, int channels)
    {
        double[] column = new double[tensor.Length / channels];
        for (int row = 0; row < column.Length; row++)
        {
            column[row] = tensor[(row * channels) + channel];
        }

        return column;
    }

    public sealed override double Element(string operand, Draws draws, ValueClass values)
    {
        double drawn = base.Element(operand, draws, values);
        return operand is "variance" or "runningVariance" ? (float)(0.1 + Math.Abs(drawn)) : drawn;
    }

    /// <summary>Bounds channel by channel, the element being row·C + channel.</summary>
    protected double[] PerElement(Func<int, int, double> bound)
    {
        double[] bounds = new double[Rows.Length];
        for (int i = 0; i < bounds.Length; i++)
        {
            bounds[i] = bound(i % Rows.Inner, i / Rows.Inner);
        }

        return bounds;
    }

    /// <summary>One value per channel.</summary>
    protected TValue[] Each<TValue>(Func<int, TValue> value) => [.. Enumerable.Range(0, Rows.Inner).Select(value)];

    /// <summary>One column of a tensor.</summary>
    protected double[] Column(double[] tensor, int channel) => Channel(tensor, channel, Rows.Inner);
}
