using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;

namespace Msr.Conformance.Laws;

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
