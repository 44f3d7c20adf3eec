namespace PropertyTests;

/// <summary>The repository that the tests were built in.</summary>
internal static class SourceTree
{
    /// <summary>Its root: the folder of Msr.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Msr.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run from within the repository.");
    }
}
