using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;
using Msr.Core.Ops;

namespace Msr.Conformance.Ops;

/// <summary>The count of correct samples.</summary>
internal sealed class CountCorrectEntry : LabelledEntry
{
    public static CountCorrectEntry Instance { get; } = new();

    public override string Kind => CountCorrect<double>.Kind;

    public override ImmutableArray<Parameter> Schema => LabelledSchema;

    public override IReadOnlyList<ErrorInput> ErrorInputs { get; } =
    [
        new("labels of another batch", typeof(ShapeMismatchException), static () =>
        {
            HostOperands<double> at = new();
            _ = new CountCorrect<double>(at.Real("logits", new Shape(2, 3)), at.Integer("labels", new Shape(3)), at.Integer("count", new Shape(1)));
        }),
    ];

    /// <summary>A case of given extents.</summary>
    public OpCase Case(int n, int k) => new CountCase(this, new CaseDescriptor(Kind, Set(("n", n), ("k", k)), ValueClass.Normal, 0));

    public override TestCase Create(CaseDescriptor descriptor) => new CountCase(this, descriptor);

    protected override ParameterSet DrawParameters(Draws draws) => Set(("n", draws.Between(1, 60)), ("k", draws.Between(1, 5)));

    private sealed class CountCase(OpEntry entry, CaseDescriptor descriptor) : LabelledCase(entry, descriptor)
    {
        public override long StructuralZeros => 1;

        public override Op<T> Build<T>(IOperands<T> at) => new CountCorrect<T>(
            at.Real("logits", new Shape(N, K)), at.Integer("labels", new Shape(N)), at.Integer("count", new Shape(1)));
    }
}
