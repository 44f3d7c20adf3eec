using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="BatchNormInference{T}"/>.</summary>
internal sealed class BatchNormInferenceCase(OpEntry entry, CaseDescriptor descriptor) : BatchNormCase(entry, descriptor)
{
    public override IReadOnlyList<GradientPair> Gradients
    {
        get
        {
            OpCase backward = BatchNormEntry.Backward.Case(Rows, Epsilon, fixedStatistics: true);
            return [Pair(backward, "gamma"), Pair(backward, "beta"), Pair(backward, "x")];
        }
    }

    public override string? SampleParameter => "n";

    public override bool IsPerSample(string operand) => operand is "x" or "y";

    public override Op<T> Build<T>(IOperands<T> at) => new BatchNormInference<T>(
        at.Real("x", Rows),
        at.Real("gamma", PerChannel),
        at.Real("beta", PerChannel),
        at.Real("runningMean", PerChannel),
        at.Real("runningVariance", PerChannel),
        at.Real("y", Rows),
        Epsilon);

    /// <summary>Affine in each of the three; the gradient op calls the running statistics by their short names.</summary>
    private GradientPair Pair(OpCase backward, string input) => new(this, backward, input, "y", "dy", $"d{input}")
    {
        IsLinear = false,
        Renamed = new Dictionary<string, string>(StringComparer.Ordinal) { ["mean"] = "runningMean", ["variance"] = "runningVariance" },
    };

    public override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        double[] mean = truth.Input("runningMean"), variance = truth.Input("runningVariance");
        BatchNormBounds[] bounds = Each(c => BatchNormBounds.OfGiven(Column(truth.Input("x"), c), mean[c], variance[c], Epsilon, rounding));
        return PerElement((c, row) => bounds[c].Output(row, truth.Input("gamma")[c], truth.Input("beta")[c]));
    }
}
