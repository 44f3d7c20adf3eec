using System.Numerics;
using Msr.Core.Backends;

namespace Msr.Conformance.Subjects;

/// <summary>Work on a backend whose element type is known only when it runs.</summary>
/// <typeparam name="TResult">The result of the work.</typeparam>
public interface ISubjectGuest<out TResult>
{
    /// <summary>Works.</summary>
    /// <typeparam name="T">The element type of the arithmetic.</typeparam>
    /// <param name="backend">The backend.</param>
    TResult Work<T>(IBackend<T> backend)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;
}
