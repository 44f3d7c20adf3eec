using Msr.Core.Models;
using Msr.Core.Training;

namespace Msr.Cli.Commands;

/// <summary>
/// Options that a model or a method has no use for: a run that took them would be recorded as what it is not, so they are refused where
/// somebody gives them.
/// </summary>
internal static class IdleSettings
{
    private const string OfConvolutions = "it has no convolutions";

    /// <summary>Refuses options that change nothing.</summary>
    /// <param name="options">The options in force.</param>
    /// <param name="isGiven">Whether the user gave an option, by its name.</param>
    /// <exception cref="UsageException">One of those given is of no use; the message says why.</exception>
    public static void Refuse(TrainingOptions options, Func<string, bool> isGiven)
    {
        if (!ModelCatalog.HasConvolutions(options.Model))
        {
            RefuseAll(options.Model, OfConvolutions, isGiven, "--width", "--shortcut", "--lambda", "--exclude", "--padding");
            RefuseIf(options.Noise > 0, options.Model, OfConvolutions, isGiven, "--noise");
            RefuseIf(options.Method != Method.Msr.Name, options.Model, OfConvolutions, isGiven, "--method");
        }

        RefuseIf(!ModelCatalog.HasShortcuts(options.Model), options.Model, "it has no shortcuts", isGiven, "--shortcut");
        if (options.Noise == 0)
        {
            RefuseAll("a run without noise", "it takes effect with --noise above 0", isGiven, "--noise-site", "--noise-distribution");
        }

        RefuseIf(options.Optimizer == OptimizerKind.AdamW, "adamw", "its momentum does not look ahead", isGiven, "--nesterov");
        bool projects = options.ResolveMethod().Isocline.Lambda > 0;
        RefuseIf(!projects, $"method {options.Method}", "no gradient is projected with lambda 0, so all are free", isGiven, "--exclude");
    }

    private static void RefuseAll(string what, string why, Func<string, bool> isGiven, params IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            RefuseIf(true, what, why, isGiven, name);
        }
    }

    private static void RefuseIf(bool isIdle, string what, string why, Func<string, bool> isGiven, string name)
    {
        if (isIdle && isGiven(name))
        {
            throw new UsageException($"{name} is of no use to {what}: {why}; leave it out.");
        }
    }
}
