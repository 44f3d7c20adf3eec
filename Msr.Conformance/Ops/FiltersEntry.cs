using System.Collections.Immutable;
using Msr.Conformance.Cases;
using Msr.Core.Numerics;

namespace Msr.Conformance.Ops;

/// <summary>An op on filters [k, r, s, c] and their logarithmic scales [k].</summary>
internal abstract class FiltersEntry : OpEntry
{
    /// <inheritdoc/>
    public sealed override ImmutableArray<Parameter> Schema { get; } =
        [new("k", 1, "filters"), new("r", 1, "height"), new("s", 1, "width"), new("c", 1, "channels")];

    /// <summary>The filters' shape.</summary>
    public static Shape Filters(ParameterSet p) => new(p["k"], p["r"], p["s"], p["c"]);

    /// <summary>A case of a shape.</summary>
    public OpCase Case(Shape filters) => (OpCase)Create(new CaseDescriptor(
        Kind, Set(("k", filters[0]), ("r", filters[1]), ("s", filters[2]), ("c", filters[3])), ValueClass.Normal, 0));

    /// <inheritdoc/>
    protected sealed override ParameterSet DrawParameters(Draws draws) =>
        Set(("k", draws.Between(1, 9)), ("r", draws.Between(1, 4)), ("s", draws.Between(1, 4)), ("c", draws.Channels()));

    /// <summary>A case of an op on filters.</summary>
    protected abstract class FiltersCase : OpCase
    {
        private protected FiltersCase(OpEntry entry, CaseDescriptor descriptor)
            : base(entry, descriptor) => Weights = Filters(descriptor.Parameters);

        /// <summary>The filters' shape.</summary>
        protected Shape Weights { get; }

        /// <summary>One number per filter.</summary>
        protected Shape PerFilter => new(Weights[0]);

        public sealed override bool IsExactOnIntegers => false;

        public sealed override long Flops => Weights.Length;

        public sealed override double Element(string operand, Draws draws, ValueClass values) =>
            operand == "theta" ? draws.Real(-2, 2) : base.Element(operand, draws, values);

        public sealed override double Magnitude(string operand, double value) => operand == "theta" ? value : Math.Abs(value);
    }
}
