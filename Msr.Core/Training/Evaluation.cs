using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Data;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>Runs an executable over a whole data set, in order, nothing shuffled and nothing augmented.</summary>
public static class Evaluation
{
    /// <summary>Loss and accuracy on a data set.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="executable">The executable.</param>
    /// <param name="data">The data set.</param>
    /// <param name="standardization">The mean and deviation of pixels.</param>
    public static StepReport Of<T>(IExecutable<T> executable, ImageDataset data, Standardization standardization)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(executable);
        BatchLoader<T> loader = new(data, standardization, new LoaderOptions(executable.Plan.BatchSize));
        Batch<T> batch = loader.CreateBatch();
        StepReport[] reports = new StepReport[executable.KeptReports];
        StepReport total = default;
        for (int index = 0; index < loader.BatchesPerEpoch; index++)
        {
            loader.Fill(batch, 0, index);
            executable.Evaluate(batch);
            int unread = (index % reports.Length) + 1;
            if (unread == reports.Length || index == loader.BatchesPerEpoch - 1)
            {
                executable.Read(reports.AsSpan(0, unread));
                total = reports.Take(unread).Aggregate(total, StepReport.Add);
            }
        }

        return total;
    }
}
