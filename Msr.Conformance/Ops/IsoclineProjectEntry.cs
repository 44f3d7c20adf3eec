using System.Collections.Immutable;
using Msr.Conformance.Bounds;
using Msr.Conformance.Cases;
using Msr.Conformance.Laws;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>Slice-mean subtraction.</summary>
internal sealed class IsoclineProjectEntry : OpEntry
{
    public static IsoclineProjectEntry Instance { get; } = new();

    public override string Kind => IsoclineProject<double>.Kind;

    public override ImmutableArray<Parameter> Schema { get; } =
    [
        new("o", 1, "outer extent"),
        new("t", 1, "taps of a slice"),
        new("i", 1, "inner extent"),
        new("l", 0, "weight of the mean, λ, in hundredths") { Default = 100 },
    ];

    public override IReadOnlyList<Law> OwnLaws => ProjectionLaw.All;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("a tensor of rank 2", typeof(ShapeMismatchException), static () => _ = new IsoclineProject<double>(new HostOperands<double>().Real("x", new Shape(2, 9)), 1)),
    ];

    /// <summary>A case of slices [outer, taps, inner]; the weight in hundredths.</summary>
    public OpCase Case(Shape slices, int lambda = 100) => new ProjectCase(
        this, new CaseDescriptor(Kind, Set(("o", slices[0]), ("t", slices[1]), ("i", slices[2]), ("l", lambda)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new ProjectCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(
        ("o", draws.Between(1, 9)), ("t", draws.OneOf(1, 2, 3, 4, 9, 9, 9, 25, draws.Between(1, 49))), ("i", draws.Channels()), ("l", draws.OneOf(100, 100, 100, 75, 50)));

    private sealed class ProjectCase(OpEntry entry, CaseDescriptor descriptor) : OpCase(entry, descriptor)
    {
        private Shape Slices => new(Parameters["o"], Parameters["t"], Parameters["i"]);

        private double Lambda => Parameters["l"] / 100.0;

        // A mean of 2^k integers is a multiple of 2^-k, whether it is divided or multiplied by a reciprocal; so is a quarter of it.
        public override bool IsExactOnIntegers => Parameters["l"] % 25 == 0 && System.Numerics.BitOperations.IsPow2(Parameters["t"]);

        /// <summary>The projection is its own adjoint.</summary>
        public override IReadOnlyList<GradientPair> Gradients => [new(this, this, "x", "x", "x", "x")];

        public override IReadOnlyList<(string Operand, string Result)> LinearIn => [("x", "x")];

        public override int AccumulationLength => Parameters["t"];

        public override long Flops => 2 * Slices.Length;

        // The mean of one tap is the tap itself.
        public override long StructuralZeros => Parameters["t"] == 1 ? Slices.Length : 0;

        public override Op<T> Build<T>(IOperands<T> at) => new IsoclineProject<T>(at.Real("x", Slices), Lambda);

        public override double[] Bound(string operand, Truth truth, Rounding rounding)
        {
            double[] bound = new double[Slices.Length];
            double[] x = truth.Input("x"), result = truth.Output("x");
            (int taps, int inner) = (Slices[1], Slices[2]);
            for (int i = 0; i < bound.Length; i++)
            {
                int first = (i / (taps * inner) * taps * inner) + (i % inner);
                double sum = 0;
                for (int t = 0; t < taps; t++)
                {
                    sum += Math.Abs(x[first + (t * inner)]);
                }

                double shift = (Lambda * rounding.Gamma(taps + 2) * sum / taps) + (taps * rounding.Underflow);
                bound[i] = ((1 + rounding.U) * shift) + (rounding.U * Math.Abs(result[i]));
            }

            return bound;
        }
    }
}
