namespace Msr.Cuda.Emulation.Ptx;

/// <summary>The lines of a PTX text that say something, without comments.</summary>
/// <param name="text">The text.</param>
internal sealed class PtxLines(string text)
{
    private readonly string[] _lines = text.TrimEnd('\0').Split('\n');

    /// <summary>The number of the line at hand, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The line at hand, trimmed.</summary>
    public string Current => _lines[Number - 1].Trim();

    /// <summary>Goes to the next line that says something.</summary>
    /// <param name="line">The line, trimmed.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryNext(out string line)
    {
        while (Number < _lines.Length)
        {
            line = _lines[Number++];
            int comment = line.IndexOf("//", StringComparison.Ordinal);
            line = (comment < 0 ? line : line[..comment]).Trim();
            if (line.Length > 0)
            {
                return true;
            }
        }

        line = "";
        return false;
    }

    /// <summary>Goes to the next line, which must be there.</summary>
    /// <exception cref="EmulationException">The text ends.</exception>
    public string Next() => TryNext(out string line) ? line : throw new EmulationException($"line {Number}: the text ends within a kernel");

    /// <summary>What is wrong with the line at hand.</summary>
    /// <param name="what">What is wrong.</param>
    public EmulationException Fault(string what) => new($"line {Number}, '{_lines[Number - 1].Trim()}': {what}");
}
