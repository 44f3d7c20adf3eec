using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>Looks at an executable before and after each batch. It may read but must not write: training bits never depend on being watched.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public interface IStepWatcher<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Called before a batch runs.</summary>
    /// <param name="executable">The executable.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="scalars">The scalars of its step.</param>
    void Before(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars);

    /// <summary>Called when it has run.</summary>
    /// <param name="executable">The executable.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="scalars">The scalars of its step.</param>
    void After(IExecutable<T> executable, Batch<T> batch, in StepScalars scalars);
}
