using System.Text.Json;

namespace Msr.Core.Training;

/// <summary>The groups of options in the help, in their order.</summary>
public enum OptionGroup
{
    /// <summary>Which images are trained on, and what happens to them.</summary>
    Data,

    /// <summary>The backend and how it runs.</summary>
    Backend,

    /// <summary>The network.</summary>
    Model,

    /// <summary>The method and what of it may be set by itself.</summary>
    Method,

    /// <summary>The optimizer.</summary>
    Optimizer,

    /// <summary>Epochs, batches and learning rate.</summary>
    Schedule,

    /// <summary>Decay, smoothing and noise.</summary>
    Regularisation,

    /// <summary>The seed, and what is written or checked on the way.</summary>
    Run,
}

/// <summary>Why an option does not go with another one.</summary>
/// <param name="Other">The other option, as on the command line.</param>
/// <param name="Value">Its value.</param>
/// <param name="Clause">Where the option has no effect: why, or nothing; else what it must be.</param>
/// <param name="IsIdle">Whether the option merely has no effect.</param>
public sealed record OptionConflict(string Other, string Value, string Clause, bool IsIdle)
{
    /// <summary>An option that has no effect with the value of another.</summary>
    /// <param name="other">The other option, as on the command line.</param>
    /// <param name="value">Its value.</param>
    /// <param name="why">Why; may be empty.</param>
    public static OptionConflict NoEffect(string other, string value, string why = "") => new(other, value, why, IsIdle: true);

    /// <summary>An option that must be something with the value of another.</summary>
    /// <param name="what">What it must be, such as "below 1".</param>
    /// <param name="other">The other option, as on the command line.</param>
    /// <param name="value">Its value.</param>
    public static OptionConflict MustBe(string what, string other, string value) => new(other, value, what, IsIdle: false);

    /// <summary>The sentence that refuses the option.</summary>
    /// <param name="option">The option.</param>
    /// <param name="nameOf">How options are called: <see cref="RunOption.Name"/>, <see cref="RunOption.Property"/>, ….</param>
    public string Sentence(RunOption option, Func<RunOption, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(option);
        ArgumentNullException.ThrowIfNull(nameOf);
        string with = $"{nameOf(RunOptions.Named(Other))} {Value}";
        return IsIdle
            ? $"{nameOf(option)} has no effect with {with}{(Clause.Length > 0 ? $": {Clause}" : "")}; remove it."
            : $"{nameOf(option)} must be {Clause} with {with}.";
    }
}

/// <summary>
/// One option of a run, declared once in <see cref="RunOptions"/>: the command line, its help, the library's checks and those of a stored
/// <c>config.json</c> all read it there.
/// </summary>
public abstract class RunOption
{
    private protected RunOption(OptionGroup group, string name, string property, string help)
    {
        (Group, Name, Property, Help) = (group, name, property, help);
    }

    /// <summary>Its name on the command line, <c>--weight-decay</c>.</summary>
    public string Name { get; }

    /// <summary>Its name in the library, <c>WeightDecay</c>.</summary>
    public string Property { get; }

    /// <summary>Its name in <c>config.json</c>, <c>weightDecay</c>.</summary>
    public string JsonName => JsonNamingPolicy.CamelCase.ConvertName(Property);

    /// <summary>Its group.</summary>
    public OptionGroup Group { get; }

    /// <summary>Its help, a sentence or two.</summary>
    public string Help { get; }

    /// <summary>Whether a run may be resumed with another value.</summary>
    public bool MayChange { get; internal init; }

    /// <summary>Whether it is a flag of the command line: on where it is named, and without a value.</summary>
    public abstract bool IsFlag { get; }

    /// <summary>Whether it may be given more than once.</summary>
    public abstract bool IsRepeatable { get; }

    /// <summary>The placeholder of its value in a line of help: <c>N</c>, <c>a|b|c</c>.</summary>
    public abstract string Placeholder { get; }

    /// <summary>Its allowed values in words: "a number from 0 to 1".</summary>
    public abstract string Allowed { get; }

    /// <summary>The value that is really in force where the option is not given, in words; null where there is none to name.</summary>
    /// <param name="start">The configuration that options are added to.</param>
    public abstract string? DefaultIn(RunConfiguration start);

    /// <summary>The sentence that refuses what a user typed; null if it is allowed.</summary>
    /// <param name="texts">The values, as typed; "true" for a flag.</param>
    public abstract string? Refusal(IReadOnlyList<string> texts);

    /// <summary>The sentence that refuses the value of a configuration; null if it is allowed. That it may have no effect is not looked at.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="nameOf">How options are called.</param>
    public abstract string? Refusal(RunConfiguration configuration, Func<RunOption, string> nameOf);

    /// <summary>The configuration with this option as a user typed it.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="texts">The values, as typed; "true" for a flag.</param>
    /// <exception cref="ArgumentException">A value is not allowed; the message is that of <see cref="Refusal(IReadOnlyList{string})"/>.</exception>
    public abstract RunConfiguration With(RunConfiguration configuration, IReadOnlyList<string> texts);

    /// <summary>The sentence that refuses this option because it has no effect with the others; null if it has one.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="nameOf">How options are called.</param>
    public string? IdleRefusal(RunConfiguration configuration, Func<RunOption, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return ConflictOf?.Invoke(configuration.Options) is { IsIdle: true } conflict ? conflict.Sentence(this, nameOf) : null;
    }

    /// <summary>Finds what speaks against the option's value among the others; null where nothing ever does.</summary>
    internal Func<TrainingOptions, OptionConflict?>? ConflictOf { get; init; }

    /// <summary>Whether the value is another than the default, and than the default of the method and optimizer in force.</summary>
    internal abstract bool IsChosen(TrainingOptions options);

    /// <summary>The same option taking only some names.</summary>
    /// <param name="names">The names.</param>
    /// <exception cref="InvalidOperationException">The option takes no text.</exception>
    public abstract RunOption Among(IEnumerable<string> names);
}

/// <summary>An option with values of a type.</summary>
internal sealed class RunOption<V>(
    OptionGroup group,
    string name,
    string property,
    string help,
    OptionValues<V> values,
    Func<RunConfiguration, IReadOnlyList<V>> get,
    Func<RunConfiguration, IReadOnlyList<V>, RunConfiguration> set) : RunOption(group, name, property, help)
{
    private bool IsLeftOpenByDefault => get(RunConfiguration.Default).Count == 0;

    public override bool IsFlag => values.IsFlag;

    public override bool IsRepeatable => values.IsRepeatable;

    public override string Placeholder => values.Placeholder;

    public override string Allowed => values.Allowed;

    /// <summary>Says what the default is where values do not: it depends on more than the method.</summary>
    public Func<string>? UsualIs { get; init; }

    public override string? DefaultIn(RunConfiguration start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return UsualIs?.Invoke() ?? (IsFlag ? null : get(start).Count > 0 ? Write(start) : ByMethod(start));
    }

    public override string? Refusal(IReadOnlyList<string> texts) =>
        texts.FirstOrDefault(text => !values.TryRead(text, out V value) || !values.Allows(value)) is { } wrong
            ? values.Refusal(Name, values is ModelValues ? wrong : $"'{wrong}'")
            : null;

    public override string? Refusal(RunConfiguration configuration, Func<RunOption, string> nameOf)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(nameOf);
        IReadOnlyList<V> held = get(configuration);
        if (held.Count == 0 && !IsLeftOpenByDefault && !IsRepeatable)
        {
            return values.Refusal(nameOf(this), "nothing");
        }

        foreach (V value in held.Where(value => !values.Allows(value)))
        {
            return values.Refusal(nameOf(this), values.Write(value));
        }

        return ConflictOf?.Invoke(configuration.Options) is { IsIdle: false } conflict ? conflict.Sentence(this, nameOf) : null;
    }

    public override RunConfiguration With(RunConfiguration configuration, IReadOnlyList<string> texts)
    {
        if (Refusal(texts) is { } refusal)
        {
            throw new ArgumentException(refusal, nameof(texts));
        }

        return set(configuration, [.. texts.Select(text => values.TryRead(text, out V value) ? value : throw new InvalidOperationException(text))]);
    }

    public override RunOption Among(IEnumerable<string> names) =>
        (object)this is RunOption<string> text
            ? text.Taking(OptionValues.Names(names))
            : throw new InvalidOperationException($"{Name} takes no text.");

    internal override bool IsChosen(TrainingOptions options)
    {
        IReadOnlyList<V> held = get(RunConfiguration.Default with { Options = options });
        TrainingOptions usual = new() { Method = options.Method, Optimizer = options.Optimizer, Batch = options.Batch, Accumulate = options.Accumulate };
        return held.Count > 0
            && !held.SequenceEqual(get(RunConfiguration.Default))
            && !held.SequenceEqual(get(RunConfiguration.Default with { Options = usual.Resolve() }));
    }

    private RunOption<V> Taking(OptionValues<V> others) =>
        new(Group, Name, Property, Help, others, get, set) { MayChange = MayChange, ConflictOf = ConflictOf, UsualIs = UsualIs };

    private string Write(RunConfiguration configuration) => string.Join(", ", get(configuration).Select(values.Write));

    /// <summary>The defaults of the methods: the first one's, then those that differ.</summary>
    private string? ByMethod(RunConfiguration start)
    {
        (string Method, string Value)[] all =
        [
            .. Method.All.Select(method => (method.Name, Write(start with { Options = (start.Options with { Method = method.Name }).Resolve() }))),
        ];
        string first = all[0].Value;
        string[] others =
        [
            .. all.Where(one => one.Value != first).GroupBy(static one => one.Value, StringComparer.Ordinal)
                .Select(static group => $"{group.Key} with {string.Join(" and ", group.Select(static one => one.Method))}"),
        ];
        return first.Length == 0 ? null : others.Length == 0 ? first : $"{first}; {string.Join(", ", others)}";
    }
}
