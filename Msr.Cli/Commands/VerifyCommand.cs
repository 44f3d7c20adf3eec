using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using Msr.Cli.Arguments;
using Msr.Cli.Output;
using Msr.Conformance.Cases;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
using Spectre.Console;

namespace Msr.Cli.Commands;

/// <summary><c>msr verify</c>: the conformance kit.</summary>
internal static class VerifyCommand
{
    private const int DefaultCount = 20;

    private const string Description = """
        Verify a backend: draw cases of every kind of op, check every law of the op on each against float64 truth
        and derived error bounds, and shrink what fails to the smallest case; or run cases that other systems
        computed and stored. The last line counts cases: N passed, N failed, N skipped.

        Example:
          msr verify --backend cpu --op 'conv.*' --count 100
          msr verify --backend cpu --case "conv.forward batch=2 in=3 image=8,8 out=4 filter=3,3 pad=1,1,1,1 seed=0x2a"
          msr verify --backend cpu --cases PropertyTests/Cases/torch
        """;

    private static readonly Option<string> s_op = OptionOf.Text("--op", "Only kinds that fit a pattern, such as 'conv.*'.", "PATTERN");
    private static readonly Option<int?> s_count = OptionOf.Number("--count", $"Cases to draw of each kind; {DefaultCount} by default.", 1, 1_000_000);
    private static readonly Option<ulong?> s_seed = OptionOf.Number("--seed", "What cases are drawn from; a fresh one by default, which is printed.", 0UL, ulong.MaxValue);
    private static readonly Option<string[]> s_case = Texts("--case", "A case to repeat, by its text: a kind, KEY=VALUE pairs and a seed (--list prints the keys); may be given again. With --cases: the id of a stored case.", "TEXT");
    private static readonly Option<bool> s_list = OptionOf.Flag("--list", "List the kinds with their parameters and laws.");
    private static readonly Option<string> s_cases = OptionOf.Text("--cases", "Run the stored cases of a folder with an index.json.", "DIR");
    private static readonly Option<string> s_save = OptionOf.Text("--save-failing", "Write each failing case, shrunk, to a folder in DIR: text, inputs, expected, got, bound.", "DIR");
    private static readonly Option<string> s_fault = CommonOptions.Fault();
    private static readonly Option<string> s_sameBits =
        OptionOf.Name("--same-bits-as", "Check nothing but that another backend gives the same bits; ops only.", Backends.Names);

    private static readonly Option<int?> s_faults = OptionOf.Number("--faults", "Plant every known defect, N seeds each, and print which laws see it, in Markdown.", 1, 10_000);
    private static readonly Option<string> s_junit = OptionOf.Text("--junit", "Write the report as JUnit's XML to FILE.", "FILE");

    /// <summary>Describes the command.</summary>
    public static Command Create()
    {
        Command command = new("verify", Description);
        Func<ParseResult, BackendRequest> requestOf = CommonOptions.AddBackend(command, hasThreads: false);
        Option<int?> threads = OptionOf.Number("--threads", "Cases at a time; 0 for one per core. Results do not depend on it.", 0, 1024);

        // The file may follow --json too: other programs that read these reports call it so.
        Option<string?> json = new("--json") { Description = "Print the result as JSON, or write it to FILE.", HelpName = "FILE", Arity = ArgumentArity.ZeroOrOne };
        Option<string> jsonFile = OptionOf.Text("--json-file", "Write the result as JSON to FILE too.", "FILE");
        foreach (Option option in new Option[] { s_op, s_count, s_seed, s_case, s_list, s_cases, s_save, s_fault, s_faults, s_sameBits, threads, json, jsonFile, s_junit })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(Refuse);
        command.SetAction(parse =>
        {
            bool jsonOnly = OptionOf.IsGiven(parse, json) && parse.GetValue(json) is null;
            ResultOutput output = new(jsonOnly, parse.GetValue(jsonFile) ?? parse.GetValue(json));
            return parse.GetValue(s_faults) is { } seeds ? Faults(seeds) : parse.GetValue(s_list) ? List(output, parse.GetValue(s_op)) : new VerifySession(new VerifyRequest
            {
                Backend = requestOf(parse),
                Fault = CommonOptions.FaultOf(parse.GetValue(s_fault)),
                SameBitsAs = parse.GetValue(s_sameBits) is { } other ? requestOf(parse) with { Name = other } : null,
                Pattern = parse.GetValue(s_op),
                Count = parse.GetValue(s_count) ?? DefaultCount,
                Seed = parse.GetValue(s_seed) ?? BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))),
                Cases = parse.GetValue(s_case) ?? [],
                StoredCases = parse.GetValue(s_cases),
                SaveFailing = parse.GetValue(s_save),
                JUnit = parse.GetValue(s_junit),
                Threads = parse.GetValue(threads) ?? 0,
                Output = output,
                JsonOnly = jsonOnly,
            }).Run();
        });
        return command;
    }

    private static Option<string[]> Texts(string name, string description, string unit) =>
        new(name) { Description = description, HelpName = unit, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    private static void Refuse(CommandResult result)
    {
        RefuseBoth(result, s_faults, s_op, s_count, s_seed, s_case, s_list, s_cases, s_save, s_fault, s_sameBits, s_junit);
        RefuseBoth(result, s_sameBits, s_cases, s_save, s_list);
        RefuseBoth(result, s_case, s_count, s_seed);
        RefuseBoth(result, s_cases, s_count, s_seed, s_save, s_list);
        if (result.GetResult(s_cases) is null)
        {
            RefuseBoth(result, s_case, s_op, s_list);
        }
    }

    private static void RefuseBoth(CommandResult result, Option given, params IReadOnlyList<Option> others)
    {
        foreach (Option other in others.Where(other => result.GetResult(given) is not null && result.GetResult(other) is not null))
        {
            result.AddError($"{other.Name} cannot be given with {given.Name}.");
        }
    }

    private static int Faults(int seeds)
    {
        ProgressPrinter printer = new();
        int done = 0;
        IReadOnlyList<FaultRow> rows = FaultMatrix.Compute(
            seeds, progress: row => printer.Update($"{++done} of {FaultCatalog.All.Count} faults, {row.Fault.Name}"));
        printer.Close();
        Console.Out.Write(FaultMatrix.ToMarkdown(rows));
        return rows.All(static row => row.Survived == 0) ? ExitCode.Done : ExitCode.CheckFailed;
    }

    private static int List(ResultOutput output, string? pattern)
    {
        IReadOnlyList<CaseEntry> entries = pattern is null ? CaseCatalog.All : CaseCatalog.Matching(pattern);
        if (entries.Count == 0)
        {
            throw new UsageException($"--op: no kind fits '{pattern}'; msr verify --list prints them.");
        }

        VerifyKindResult[] kinds = [.. entries.Select(Describe)];
        output.Write(kinds, CliJson.Default.VerifyKindResultArray, writer => Print(writer, kinds));
        return ExitCode.Done;
    }

    private static VerifyKindResult Describe(CaseEntry entry) => new(
        entry.Kind,
        [.. entry.Schema.GroupBy(static parameter => parameter.Group, StringComparer.Ordinal).Select(static list => Describe([.. list]))],
        [.. entry.Laws.Select(static law => new VerifyLaw(law.Name, law.Statement, $"{law.Strength}".ToLowerInvariant()))]);

    /// <summary>One parameter, or several that are written as a list and say up to a comma the same.</summary>
    private static VerifyParameter Describe(Parameter[] list) => new(
        list[0].Group,
        string.Join(',', list.Select(static parameter => parameter.Form)),
        string.Join(", ", list.Select(static parameter => parameter.Meaning.Split(',')[0]).Distinct(StringComparer.Ordinal)),
        Array.TrueForAll(list, static parameter => parameter.Default is not null) ? string.Join(',', list.Select(static parameter => parameter.Write(parameter.Default!.Value))) : null);

    private static void Print(TextWriter writer, VerifyKindResult[] kinds)
    {
        foreach (VerifyKindResult kind in kinds)
        {
            writer.WriteLine(kind.Kind);
            foreach (VerifyParameter parameter in kind.Parameters)
            {
                writer.WriteLine($"  {$"{parameter.Key}={parameter.Form}",-40} {parameter.Meaning}{(parameter.Default is { } absent ? $"; {absent} by default" : "")}");
            }

            writer.WriteLine($"  laws: {string.Join(", ", kind.Laws.Select(static law => law.Name))}");
        }

        writer.WriteLine();
        Table laws = Tables.Create("law", "rests on", "states");
        foreach (VerifyLaw law in kinds.SelectMany(static kind => kind.Laws).DistinctBy(static law => law.Name, StringComparer.Ordinal))
        {
            laws.Row(law.Name, law.Strength switch { "exact" => "exact bits", "theorem" => "a theorem", _ => "a calibrated limit" }, law.Statement);
        }

        Tables.Print(writer, laws);
    }
}
