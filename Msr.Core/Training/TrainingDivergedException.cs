namespace Msr.Core.Training;

/// <summary>A training met a number that is not finite. The message names the step and the first op that made one.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>Creates an exception without particulars.</summary>
    public TrainingDivergedException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public TrainingDivergedException(string? message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public TrainingDivergedException(string? message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Says where a training diverged.</summary>
    /// <param name="step">The index of the step.</param>
    /// <param name="finding">What the first op did that made a number which is not finite.</param>
    public TrainingDivergedException(long step, string finding)
        : base($"Training diverged at step {step}: {finding}.")
    {
        Step = step;
    }

    /// <summary>The index of the optimiser step that diverged.</summary>
    public long Step { get; }
}
