using Msr.Core.Plans;

namespace Msr.Conformance.Plans;

/// <summary>The tensors of a plan at one moment, in exchange layout.</summary>
/// <param name="Tensors">Name, part and elements.</param>
internal sealed record PlanState(IReadOnlyList<(string Name, ParameterPart Part, double[] Values)> Tensors)
{
    /// <summary>The first difference in bits; none if there is none.</summary>
    public string? DifferenceFrom(PlanState other, string what)
    {
        foreach (((string name, ParameterPart part, double[] own), (_, _, double[] theirs)) in Tensors.Zip(other.Tensors))
        {
            if (Difference($"{part} of '{name}'", own, theirs, what) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    /// <summary>The first difference in bits between two tensors; none if there is none.</summary>
    public static string? Difference(string name, double[] own, double[] theirs, string what)
    {
        for (int i = 0; i < own.Length; i++)
        {
            if (BitConverter.DoubleToInt64Bits(own[i]) != BitConverter.DoubleToInt64Bits(theirs[i]))
            {
                return $"{name}[{i}] is {own[i]:R}, but {theirs[i]:R} {what}";
            }
        }

        return null;
    }
}
