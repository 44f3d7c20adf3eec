using System.Diagnostics;
using System.Text;

namespace Msr.Cli.Output;

/// <summary>
/// Prints how a long work goes to stderr: on a terminal as one line that is written over again and again, elsewhere as plain lines, at most
/// one in two seconds.
/// </summary>
internal sealed class ProgressPrinter
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly TextWriter _writer = Console.Error;
    private readonly bool _interactive = !Console.IsErrorRedirected;
    private readonly Stopwatch _sinceLast = new();
    private int _open;

    /// <summary>Shows where the work stands, if it is time for it.</summary>
    /// <param name="text">One line.</param>
    public void Update(string text)
    {
        if (_interactive)
        {
            _writer.Write($"\r{text.PadRight(_open)}");
            _open = text.Length;
        }
        else if (!_sinceLast.IsRunning || _sinceLast.Elapsed >= Pause)
        {
            _writer.WriteLine(text);
            _sinceLast.Restart();
        }
    }

    /// <summary>Prints a line that stays.</summary>
    /// <param name="text">One line.</param>
    public void Line(string text)
    {
        string start = _open > 0 ? "\r" : "";
        _writer.WriteLine($"{start}{text.PadRight(_open)}");
        _open = 0;
    }

    /// <summary>Ends a line that is still open, so that what comes next has its own.</summary>
    public void Close()
    {
        if (_open > 0)
        {
            _writer.WriteLine();
            _open = 0;
        }
    }
}

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
