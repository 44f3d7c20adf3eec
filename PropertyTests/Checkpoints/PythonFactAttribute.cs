namespace PropertyTests.Checkpoints;

/// <summary>A test that needs <c>python3</c>; without it the test is skipped and says so.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        string[] directories = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!directories.Any(directory => File.Exists(Path.Combine(directory, "python3"))))
        {
            Skip = "python3 is not on the PATH: install Python 3 to have the independent reader and writer run.";
        }
    }
}
