using Spectre.Console;

namespace Msr.Cli.Output;

/// <summary>Tables on stdout: with lines and colours on a terminal, plain elsewhere.</summary>
internal static class Tables
{
    /// <summary>A table with these columns.</summary>
    public static Table Create(params IReadOnlyList<string> columns)
    {
        Table table = new() { Border = Console.IsOutputRedirected ? TableBorder.None : TableBorder.Rounded };
        foreach (string column in columns)
        {
            table.AddColumn(new TableColumn(new Text(column)) { NoWrap = true });
        }

        return table;
    }

    /// <summary>Adds a row of plain text.</summary>
    public static void Row(this Table table, params IReadOnlyList<string> cells) => table.AddRow(cells.Select(static cell => new Text(cell)));

    /// <summary>Prints a table.</summary>
    public static void Print(TextWriter writer, Table table)
    {
        bool redirected = Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
        {
            // A pipe has no width: a table that is cut to 80 columns is of no use to the next program.
            console.Profile.Width = 1_000;
        }

        console.Write(table);
    }
}
