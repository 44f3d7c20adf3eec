namespace PropertyTests.Cli;

/// <summary>What the program came to.</summary>
internal sealed record ProgramResult(int Code, string Output, string Error)
{
    /// <summary>Asserts the exit code and the words of the message; whatever happens, no user sees a stack trace.</summary>
    internal ProgramResult MustEnd(int code, params string[] words)
    {
        Assert.True(Code == code, $"exit code {Code}, not {code}:\n{Error}\n{Output}");
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        foreach (string word in words)
        {
            Assert.Contains(word, Error + Output, StringComparison.Ordinal);
        }

        return this;
    }
}
