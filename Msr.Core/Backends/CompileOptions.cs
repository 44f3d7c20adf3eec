namespace Msr.Core.Backends;

/// <summary>How a plan is made executable.</summary>
public sealed record CompileOptions
{
    /// <summary>Compiles for training.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>Compiles the forward pass alone: no gradients, no optimiser state, less memory.</summary>
    public static CompileOptions ForEvaluation { get; } = new() { EvaluationOnly = true };

    /// <summary>Whether only <see cref="IExecutable{T}.Evaluate"/> will be called.</summary>
    public bool EvaluationOnly { get; init; }
}
