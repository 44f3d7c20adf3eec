using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>A case of <see cref="BatchNormBackward{T}"/>.</summary>
internal sealed class BatchNormBackwardCase(OpEntry entry, CaseDescriptor descriptor) : BatchNormCase(entry, descriptor)
{
    private bool Fixed => Parameters.Flag("f");

    public override Op<T> Build<T>(IOperands<T> at) => new BatchNormBackward<T>(
        at.Real("x", Rows),
        at.Real("gamma", PerChannel),
        at.Real("mean", PerChannel),
        at.Real("variance", PerChannel),
        at.Real("dy", Rows),
        at.Real("dx", Rows),
        at.Real("dgamma", PerChannel),
        at.Real("dbeta", PerChannel),
        Epsilon,
        Fixed);

    public override double[] Bound(string operand, Truth truth, Rounding rounding)
    {
        double[] mean = truth.Input("mean"), variance = truth.Input("variance"), gamma = truth.Input("gamma");
        BatchNormBounds[] bounds = Each(c => BatchNormBounds.OfGiven(Column(truth.Input("x"), c), mean[c], variance[c], Epsilon, rounding));
        double[][] dy = Each(c => Column(truth.Input("dy"), c));
        return operand switch
        {
            "dgamma" => Each(c => bounds[c].Gamma(dy[c], truth.Input(operand)[c])),
            "dbeta" => Each(c => bounds[c].Beta(dy[c], truth.Input(operand)[c])),
            _ => bounds.Length == 0 ? [] : Inputs(bounds, dy, gamma),
        };
    }

    private double[] Inputs(BatchNormBounds[] bounds, double[][] dy, double[] gamma)
    {
        double[][] columns = Each(c => bounds[c].Inputs(dy[c], gamma[c], Fixed));
        return PerElement((c, row) => columns[c][row]);
    }
}
