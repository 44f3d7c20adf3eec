using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

/// <summary>
/// One NaN or infinity among the inputs reaches exactly the results that it reaches by definition: where the truth is NaN or infinite the
/// result is, with the same sign, and everywhere else the bound holds as if the special value were not there.
/// </summary>
internal sealed class SpecialValuesLaw : OpLaw
{
    public override string Name => "special-values";

    public override string Statement => "A NaN or an infinity among the inputs reaches the results that it reaches by definition, and no others.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject)
    {
        Draws draws = new(new Msr.Core.Numerics.RandomStream(opCase.Descriptor.Seed).Split("special"));
        string[] operands = [.. opCase.Data.Reals.Keys.Where(opCase.TakesSpecialValues).Order(StringComparer.Ordinal)];
        if (operands.Length == 0)
        {
            return LawOutcome.Skipped("the op says nothing of NaN and infinities");
        }

        if (!WholeNumbers.AreExact(opCase, subject))
        {
            return LawOutcome.Skipped("the backend computes it by Winograd's transforms: a tile shares its NaN and infinities");
        }

        string operand = draws.OneOf<string>(operands);
        double[] values = [.. opCase.Draw(ValueClass.Normal).Reals[operand]];
        values[draws.Between(0, values.Length - 1)] = draws.OneOf(double.NaN, double.PositiveInfinity, double.NegativeInfinity);
        CaseData data = opCase.Draw(ValueClass.Normal).With(operand, values);
        return Compare(opCase, subject, data);
    }

    private static LawOutcome Compare(OpCase opCase, Subject subject, CaseData data)
    {
        Truth truth = new(opCase, data, subject);
        CaseData got = subject.Run(opCase, data).Outputs;
        Judge judge = new(subject);
        foreach ((string result, double[] values) in got.Reals.Where(pair => opCase.Writes(pair.Key)))
        {
            double[] expected = truth.Output(result), bound = judge.TotalBound(opCase, result, truth);
            for (int i = 0; i < values.Length; i++)
            {
                if (double.IsFinite(expected[i]))
                {
                    // A bound that the special value itself has spoilt says nothing but that the result is finite.
                    judge.Compare(result, [values[i]], [expected[i]], [double.IsFinite(values[i]) && !double.IsFinite(bound[i]) ? double.MaxValue : bound[i]]);
                }
                else if (!values[i].Equals(expected[i]))
                {
                    return LawOutcome.Failed($"'{result}'[{i}] is {values[i]:R}, should be {expected[i]:R}");
                }
            }
        }

        foreach ((string result, int[] values) in got.Integers.Where(pair => opCase.Writes(pair.Key)))
        {
            int index = values.AsSpan().CommonPrefixLength(truth.OutputIndices(result));
            if (index < values.Length)
            {
                return LawOutcome.Failed($"'{result}'[{index}] is {values[index]}, should be {truth.OutputIndices(result)[index]}");
            }
        }

        return judge.Outcome;
    }
}

/// <summary>Each bad input has its expected exception.</summary>
internal sealed class ErrorInputsLaw : OpLaw
{
    public override string Name => "error-inputs";

    public override string Statement => "Arguments that do not fit are refused when the op is built, with the exception that says so.";

    public override LawStrength Strength => LawStrength.Exact;

    public override LawOutcome Check(OpCase opCase, Subject subject) =>
        LawOutcome.FailedIf(opCase.Entry.ErrorInputs.Select(Complaint).FirstOrDefault(static complaint => complaint is not null));

    private static string? Complaint(ErrorInput input)
    {
        try
        {
            input.Build();
            return $"{input.What}: accepted instead of refused with {input.Expected.Name}";
        }
        catch (Exception error) when (input.Expected.IsInstanceOfType(error))
        {
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{input.What}: refused with {error.GetType().Name} instead of {input.Expected.Name}";
        }
    }
}
