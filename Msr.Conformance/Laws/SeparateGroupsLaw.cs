using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Core.Numerics;

namespace Msr.Conformance.Laws;

/// <summary>A grouped convolution is one convolution per group on the group's channels; exact on integers.</summary>
internal sealed class SeparateGroupsLaw : ConvolutionLaw
{
    public override string Name => "groups-are-separate";

    public override string Statement => "A grouped convolution is one convolution per group, each on its own channels; exact on integers.";

    protected override LawOutcome Check(ConvolutionCase conv, Subject subject)
    {
        ConvGeometry g = conv.Geometry;
        if (g.Groups == 1)
        {
            return LawOutcome.Skipped("there is one group");
        }

        if (WholeNumbers.For(conv, subject) is not { } data)
        {
            return LawOutcome.Skipped("a sum of absolute products leaves the significand");
        }

        ParameterSet single = conv.Parameters.With("g", 1).With("c", g.GroupC).With("k", g.GroupK);
        OpCase part = (OpCase)conv.Entry.Create(conv.Descriptor with { Parameters = single });
        if (!WholeNumbers.AreExact(part, subject))
        {
            return LawOutcome.Skipped(WholeNumbers.Transformed);
        }

        string result = CaseData.Operands(conv).Single(operand => conv.Writes(operand.Name)).Name;
        double[] whole = Result(conv, subject, data);
        for (int group = 0; group < g.Groups; group++)
        {
            CaseData own = new();
            foreach ((string operand, double[] values) in data.Reals)
            {
                own.Reals[operand] = OfGroup(operand, values, g, group);
            }

            LawOutcome outcome = Same(subject, $"{result} of group {group}", OfGroup(result, whole, g, group), Result(part, subject, own));
            if (outcome.Verdict == Verdict.Failed)
            {
                return outcome;
            }
        }

        return LawOutcome.Passed;
    }

    private static double[] OfGroup(string operand, double[] values, ConvGeometry g, int group) => operand switch
    {
        "x" or "dx" => Planes.Channels(values, g.C, group * g.GroupC, g.GroupC),
        "y" or "dy" => Planes.Channels(values, g.K, group * g.GroupK, g.GroupK),
        _ => values[(group * values.Length / g.Groups)..((group + 1) * values.Length / g.Groups)],
    };
}
