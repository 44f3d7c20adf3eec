using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="BatchNormForward{T}"/>.</summary>
internal sealed class BatchNormForwardCase(OpEntry entry, CaseDescriptor descriptor) : BatchNormCase(entry, descriptor)
{
    // A single row is its own mean: variance 0, and the output is β.
    public override long StructuralZeros => Height == 1 ? Rows.Length + (2 * Rows.Inner) : 0;

    public override Op<T> Build<T>(IOperands<T> at) => new BatchNormForward<T>(
        at.Real("x", Rows),
        at.Real("gamma", PerChannel),
        at.Real("beta", PerChannel),
        at.Real("y", Rows),
        at.Real("mean", PerChannel),
        at.Real("variance", PerChannel),
        at.Real("runningMean", PerChannel),
        at.Real("runningVariance", PerChannel),
        Momentum,
        Epsilon);

    public override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        BatchNormBounds[] bounds = Each(c => BatchNormBounds.OfBatch(Column(truth.Input("x"), c), Epsilon, rounding));
        double[] gamma = truth.Input("gamma"), beta = truth.Input("beta");
        return operand switch
        {
            "mean" => Each(c => bounds[c].MeanError),
            "variance" => Each(c => bounds[c].VarianceError),
            "runningMean" => Each(c => bounds[c].RunningMean(truth.Input(operand)[c], Momentum)),
            "runningVariance" => Each(c => bounds[c].RunningVariance(truth.Input(operand)[c], Momentum)),
            _ => PerElement((c, row) => bounds[c].Output(row, gamma[c], beta[c])),
        };
    }
}
