namespace Msr.Core.Checkpoints;

/// <summary>
/// A checkpoint cannot be used. The message is one sentence that names the file, what is wrong with it, where (a tensor, a byte), and
/// what to do about it.
/// </summary>
/// <param name="fault">Why.</param>
/// <param name="file">The file, as the caller named it.</param>
/// <param name="problem">What is wrong, where, and what to do, as a clause without a full stop.</param>
/// <param name="cause">The exception behind it, if there is one.</param>
public sealed class CheckpointException(CheckpointFault fault, string file, string problem, Exception? cause = null)
    : Exception($"{file}: {problem}.", cause)
{
    /// <summary>Why the checkpoint cannot be used.</summary>
    public CheckpointFault Fault { get; } = fault;

    /// <summary>The file, as the caller named it.</summary>
    public string File { get; } = file;

    /// <summary>A file that breaks the format.</summary>
    internal static CheckpointException Malformed(string file, string problem, Exception? cause = null) =>
        new(CheckpointFault.Malformed, file, $"{problem}; the file is damaged or not safetensors, take another copy or checkpoint", cause);

    /// <summary>Puts a name from a file into a message: short, on one line, without control characters.</summary>
    internal static string Quote(string text)
    {
        const int Longest = 80;
        string head = text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
        return string.Concat("'", string.Create(head.Length, head, Clean), "'");

        static void Clean(Span<char> clean, string head)
        {
            for (int i = 0; i < clean.Length; i++)
            {
                clean[i] = char.IsControl(head[i]) || char.IsSurrogate(head[i]) ? '?' : head[i];
            }
        }
    }
}
