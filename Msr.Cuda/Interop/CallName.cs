namespace Msr.Cuda.Interop;

/// <summary>Reads the name of a C function out of the C# expression that called it.</summary>
internal static class CallName
{
    /// <summary>The name before the first bracket, less what qualifies it: <c>cuInit</c> of <c>_api.cuInit(0)</c>.</summary>
    /// <param name="expression">The text of the call.</param>
    public static string Of(string expression)
    {
        int bracket = expression.IndexOf('(', StringComparison.Ordinal);
        string called = bracket < 0 ? expression : expression[..bracket];
        return called[(called.LastIndexOf('.') + 1)..];
    }
}
