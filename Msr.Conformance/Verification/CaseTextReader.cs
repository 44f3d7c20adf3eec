using Msr.Conformance.Cases;

namespace Msr.Conformance.Verification;

/// <summary>Reads cases from their texts, such as <c>matmul rows=2 inner=3 columns=4 seed=0x2a</c>.</summary>
public static class CaseTextReader
{
    /// <summary>Elements that a case may have: 2²⁷, a GiB in float64.</summary>
    private const long MostElements = 1 << 27;

    /// <summary>The case of a text.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="FormatException">There is no such case; the message says why in one sentence.</exception>
    public static TestCase Read(string text)
    {
        (string kind, string parameters, ValueClass values, ulong seed) = CaseDescriptor.Split(text);
        CaseEntry entry = CaseCatalog.Find(kind) ?? throw new FormatException(Unknown(kind));
        try
        {
            TestCase testCase = entry.Create(new CaseDescriptor(kind, ParameterSet.Parse(entry.Schema, parameters), values, seed));
            long elements = testCase is OpCase opCase ? opCase.Operands.Sum(static operand => operand.Shape.Length) : 0;
            return elements <= MostElements
                ? testCase
                : throw new FormatException($"It has {elements} elements; at most {MostElements} are possible.");
        }
        catch (FormatException error)
        {
            throw new FormatException($"'{text}' is no case: {Lower(error.Message)}", error);
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"'{text}' is no valid geometry: {Lower(Sentence(error))}", error);
        }
        catch (OverflowException error)
        {
            throw new FormatException($"'{text}' is no valid geometry: it has more elements than can be counted.", error);
        }
    }

    private static string Unknown(string kind)
    {
        IReadOnlyList<string> near = CaseCatalog.Near(kind);
        return near.Count > 0
            ? $"There is no kind '{kind}'; near to it: {string.Join(", ", near)}."
            : $"There is no kind '{kind}', nor one near to it.";
    }

    /// <summary>The message without the name of the parameter, which means nothing to who wrote a text.</summary>
    private static string Sentence(ArgumentException error)
    {
        int cut = error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        string sentence = cut < 0 ? error.Message : error.Message[..cut];
        int line = sentence.IndexOfAny(['\r', '\n']);
        return line < 0 ? sentence : sentence[..line];
    }

    /// <summary>Within a sentence the first letter is small, unless it is quoted or stands alone.</summary>
    private static string Lower(string sentence) =>
        sentence.Length > 1 && char.IsAsciiLetterLower(sentence[1]) ? char.ToLowerInvariant(sentence[0]) + sentence[1..] : sentence;
}
