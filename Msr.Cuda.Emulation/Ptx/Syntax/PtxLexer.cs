using System.Buffers;
using Msr.Cuda.Emulation.Faults;

namespace Msr.Cuda.Emulation.Ptx.Syntax;

/// <summary>Cuts a PTX text into words and signs, without its comments.</summary>
internal static class PtxLexer
{
    private const string Signs = ",;:{}()[]+<>=@!|";

    private static readonly SearchValues<char> WordSigns =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_$%.-\"");

    /// <summary>Cuts a text.</summary>
    /// <param name="text">The whole module.</param>
    /// <returns>Its tokens, then one empty token that marks the end.</returns>
    /// <exception cref="EmulationException">A character is not allowed in PTX.</exception>
    public static PtxToken[] Cut(string text)
    {
        List<PtxToken> tokens = [];
        int line = 1;
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\n')
            {
                line++;
            }

            if (c == '\0' && text.AsSpan(at).Trim('\0').IsEmpty)
            {
                break; // A text for the driver ends in zeros.
            }

            int length = char.IsWhiteSpace(c) ? 1 : SkipComment(text, at, ref line);
            if (length == 0)
            {
                length = TokenLength(text, at, line);
                tokens.Add(new PtxToken(text.Substring(at, length), line, at));
            }

            at += length;
        }

        tokens.Add(new PtxToken("", line, text.Length));
        return [.. tokens];
    }

    private static int SkipComment(string text, int at, ref int line)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        if (rest.StartsWith("//", StringComparison.Ordinal))
        {
            int end = rest.IndexOf('\n');
            return end < 0 ? rest.Length : end;
        }

        if (!rest.StartsWith("/*", StringComparison.Ordinal))
        {
            return 0;
        }

        int close = rest.IndexOf("*/", StringComparison.Ordinal);
        if (close < 0)
        {
            throw new EmulationException($"PTX line {line}: a comment is not closed; end it with */.");
        }

        line += rest[..close].Count('\n');
        return close + 2;
    }

    private static int TokenLength(string text, int at, int line)
    {
        if (Signs.Contains(text[at], StringComparison.Ordinal))
        {
            return 1;
        }

        int length = text.AsSpan(at).IndexOfAnyExcept(WordSigns);
        length = length < 0 ? text.Length - at : length;
        return length > 0 ? length : throw new EmulationException($"PTX line {line}: the character '{text[at]}' is not allowed in PTX.");
    }
}

/// <summary>A word or a single sign of a PTX text.</summary>
/// <param name="Text">The word, with its dots and percent signs, or the sign.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Start">The index of its first character in the whole text.</param>
internal readonly record struct PtxToken(string Text, int Line, int Start)
{
    /// <summary>Whether this is the given word or sign.</summary>
    /// <param name="text">The text to compare with.</param>
    public bool Is(string text) => Text == text;
}
