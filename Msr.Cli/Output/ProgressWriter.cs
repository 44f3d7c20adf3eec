using System.Text;

namespace Msr.Cli.Output;

/// <summary>Writes whole lines between the reports of a progress, each on a line of its own.</summary>
/// <param name="printer">Prints the progress.</param>
internal sealed class ProgressWriter(ProgressPrinter printer) : TextWriter
{
    private readonly StringBuilder _line = new();

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        if (value == '\n')
        {
            printer.Line(_line.ToString().TrimEnd('\r'));
            _line.Clear();
        }
        else
        {
            _line.Append(value);
        }
    }
}
