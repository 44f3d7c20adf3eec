using System.Numerics;
using Msr.Core.Backends;
using Msr.Core.Plans;

namespace Msr.Core.Training;

/// <summary>A copy of an executable's parameters and optimiser state on the host, made once and filled again and again.</summary>
/// <typeparam name="T">The element type of the arithmetic.</typeparam>
public sealed class ParameterSnapshot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly (string Name, ParameterPart Part, T[] Values)[] _tensors;

    /// <summary>Makes room for the parameters of a plan.</summary>
    /// <param name="plan">The plan.</param>
    public ParameterSnapshot(Plan<T> plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _tensors =
        [
            .. from parameter in plan.Parameters
               from part in parameter.Parts
               where part != ParameterPart.Gradient
               select (parameter.Name, part, new T[parameter.Layout.Exchange.Length]),
        ];
    }

    /// <summary>Copies from an executable.</summary>
    /// <param name="executable">The executable.</param>
    public void Save(IExecutable<T> executable)
    {
        ArgumentNullException.ThrowIfNull(executable);
        foreach ((string name, ParameterPart part, T[] values) in _tensors)
        {
            executable.ReadParameter(name, part, values);
        }
    }

    /// <summary>Copies to an executable of the same network.</summary>
    /// <param name="executable">The executable.</param>
    public void Restore(IExecutable<T> executable)
    {
        ArgumentNullException.ThrowIfNull(executable);
        foreach ((string name, ParameterPart part, T[] values) in _tensors)
        {
            executable.WriteParameter(name, part, values);
        }
    }

    /// <summary>The copied tensors, in exchange layout.</summary>
    public IEnumerable<(string Name, ParameterPart Part, T[] Values)> Tensors => _tensors;
}
