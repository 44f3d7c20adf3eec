using System.Collections.Immutable;
using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Checkpoints;
using Msr.Core.Data;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>A trained network, ready to classify: the test graph, which is the very graph that was trained.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class Classifier<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int BatchSize = 128;

    private readonly T[] _table;
    private readonly Batch<T> _single;
    private readonly T[] _logits;

    /// <summary>Builds the network of a checkpoint.</summary>
    /// <param name="backend">The backend, which must outlive the classifier.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="CheckpointException">It does not describe its model, or does not fit it.</exception>
    public Classifier(IBackend<T> backend, Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(backend);
        Card = ModelCard.Of(checkpoint);
        PlanSettings settings = new(BatchSize, LabelSmoothing: Card.Options.LabelSmoothing);
        Plan<T> plan = TrainingPlan.Of<T>(Card.CreateNetwork(), Card.Options.CreateUpdateRule(), settings);
        NetworkParameters.Require(plan, checkpoint, Card.Options.Model);
        Executable = backend.Compile(plan, CompileOptions.ForEvaluation);
        NetworkParameters.Load(Executable, checkpoint, Card.Options.Model);
        _table = Card.Standardization.Table<T>();
        _single = new Batch<T>(1, Card.ImageShape);
        _logits = new T[Card.Classes];
    }

    /// <summary>The checkpoint's description of its model.</summary>
    public ModelCard Card { get; }

    /// <summary>The executable that holds the parameters.</summary>
    public IExecutable<T> Executable { get; }

    /// <summary>Loads a checkpoint file.</summary>
    /// <param name="backend">The backend, which must outlive the classifier.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is missing or damaged, or does not describe its model.</exception>
    public static Classifier<T> Load(IBackend<T> backend, string path) => new(backend, CheckpointStore.Load(path));

    /// <summary>Classifies one image.</summary>
    /// <param name="pixels">Its pixels, [H, W, C], one byte each.</param>
    /// <exception cref="ArgumentException">There are too few or too many.</exception>
    public Prediction Predict(ReadOnlySpan<byte> pixels)
    {
        if (pixels.Length != Card.ImageShape.Length)
        {
            throw new ArgumentException($"The model takes images {Card.ImageShape}, {Card.ImageShape.Length} bytes; got {pixels.Length}.", nameof(pixels));
        }

        int channels = Card.ImageShape.Inner;
        for (int i = 0; i < pixels.Length; i++)
        {
            _single.Images[i] = _table[(i % channels * 256) + pixels[i]];
        }

        Executable.Evaluate(_single);
        Executable.ReadLogits(_logits);
        return ToPrediction();
    }

    /// <summary>Loss, smoothed as in the training, and accuracy on a data set.</summary>
    /// <param name="data">The data set.</param>
    /// <exception cref="ArgumentException">Its images or classes do not fit the model.</exception>
    public StepReport Evaluate(ImageDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Image != Card.ImageShape || data.Classes > Card.Classes)
        {
            throw new ArgumentException(
                $"The model takes images {Card.ImageShape} of {Card.Classes} classes; '{data.Name}' has images {data.Image} of {data.Classes} classes.",
                nameof(data));
        }

        return Evaluation.Of(Executable, data, Card.Standardization);
    }

    /// <inheritdoc/>
    public void Dispose() => Executable.Dispose();

    private Prediction ToPrediction()
    {
        double[] logits = Array.ConvertAll(_logits, double.CreateChecked);
        double largest = logits.Max();
        double[] exponentials = Array.ConvertAll(logits, logit => Math.Exp(logit - largest));
        double sum = exponentials.Sum();
        ImmutableArray<double> probabilities = [.. exponentials.Select(e => e / sum)];
        int best = probabilities.IndexOf(probabilities.Max());
        return new Prediction(best, Card.ClassNames.IsDefaultOrEmpty ? $"{best}" : Card.ClassNames[best], probabilities);
    }
}

/// <summary>A classifier's answer for an image.</summary>
/// <param name="Class">The most probable class, from 0.</param>
/// <param name="ClassName">Its name; the number where classes have no names.</param>
/// <param name="Probabilities">The probability of every class; they add up to 1.</param>
public sealed record Prediction(int Class, string ClassName, ImmutableArray<double> Probabilities)
{
    /// <summary>The probability of the most probable class.</summary>
    public double Probability => Probabilities[Class];
}
