namespace Msr.Cli;

/// <summary>The program was asked for something that does not fit. The message names the option and what it allows.</summary>
/// <param name="message">The sentence.</param>
internal sealed class UsageException(string message) : Exception(message)
{
    /// <summary>The complaint of a library about an option's value.</summary>
    /// <param name="option">The option.</param>
    /// <param name="error">The complaint.</param>
    public static UsageException Of(string option, ArgumentException error) => new($"{option}: {Sentence(error)}");

    /// <summary>The message of an argument exception without the name of the parameter, which means nothing to a user.</summary>
    public static string Sentence(ArgumentException error)
    {
        int cut = error.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return cut < 0 ? error.Message : error.Message[..cut];
    }
}
