using System.Reflection;
using Msr.Conformance.Cases;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu.Memory;

namespace PropertyTests.Ops;

/// <summary>An op names its operands once; the list of operands, rebinding and copies agree with its constructor.</summary>
public sealed class OpDeclarationTests
{
    public static TheoryData<string> Kinds => [.. OpTable.All.Select(static entry => entry.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_op_lists_the_tensors_of_its_constructor_in_order_by_their_names(string kind)
    {
        Op<double> op = Build(kind);
        Assert.Equal(TensorsOf(op).Select(static tensor => (tensor.Name, tensor.Memory)), op.Operands.Select(static operand => (operand.Name, operand.Memory)));
        Assert.Equal(kind, op.Name);
        Assert.Equal(kind, op.GetType().GetField("Kind")!.GetValue(null));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rebinding_sends_every_tensor_elsewhere_and_keeps_every_constant(string kind)
    {
        Op<double> op = Build(kind);
        Moved map = new();
        Op<double> moved = op.Rebind(map);
        Assert.Equal(TensorsOf(op).Select(tensor => (object)map.Places[tensor.Memory]), TensorsOf(moved).Select(static tensor => tensor.Memory));
        Assert.Equal(op.Operands.Select(Declaration), moved.Operands.Select(Declaration));
        foreach (PropertyInfo constant in ConstantsOf(op))
        {
            Assert.Equal(constant.GetValue(op), constant.GetValue(moved));
        }

        Assert.NotEqual(op, moved);
        Assert.Equal(op, op.Rebind(new Nowhere()));
        Assert.Equal(op.GetHashCode(), op.Rebind(new Nowhere()).GetHashCode());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_accumulating_form_differs_in_what_it_adds_to_alone(string kind)
    {
        Op<double> op = Build(kind);
        if (op.Accumulating() is { } adding)
        {
            Assert.True(op.Has(OpTraits.SumsOverSamples));
            Assert.Equal(
                op.Operands.Select(static operand => operand with { Access = operand.Access == OperandAccess.Read ? OperandAccess.Read : OperandAccess.Accumulate }),
                adding.Operands);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_op_whose_samples_have_results_of_their_own_couples_none(string kind)
    {
        if (Case(kind).SampleParameter is not null)
        {
            Assert.False(Build(kind).Has(OpTraits.CouplesSamples));
        }
    }

    [Fact]
    public void Operands_are_listed_once()
    {
        Op<double> op = Build(ConvForward<double>.Kind);
        Assert.True(op.Operands == op.Operands);
    }

    [Fact]
    public void A_copy_lists_its_own_tensors_and_is_checked_when_it_does()
    {
        TensorRef<float> x = New(4), y = New(4), other = New(4);
        ReluForward<float> op = new(x, y);
        Assert.Same(y.Memory, op.Operands[1].Memory);
        Assert.Same(other.Memory, (op with { Y = other }).Operands[1].Memory);
        ReluForward<float> wrong = op with { Y = New(3) };
        Assert.Equal("relu.forward: operand 'y' must be [4]; got [3].", Assert.Throws<ShapeMismatchException>(() => wrong.Operands).Message);
        Assert.Throws<ShapeMismatchException>(() => wrong.Rebind(new Nowhere()));
    }

    [Fact]
    public void A_convolution_tells_its_tensors_by_their_roles()
    {
        foreach (string kind in (string[])[ConvForward<double>.Kind, ConvBackwardData<double>.Kind, ConvBackwardFilter<double>.Kind])
        {
            ConvolutionOp<double> conv = (ConvolutionOp<double>)Build(kind);
            Assert.Equal(conv.Geometry.Input(conv.Samples), conv.Images.Shape);
            Assert.Equal(conv.Geometry.Filter, conv.Filters.Shape);
            Assert.Equal(conv.Geometry.Output(conv.Samples), conv.Outputs.Shape);
            Assert.Same(conv.Result.Memory, conv.Operands.Single(static operand => operand.Access != OperandAccess.Read).Memory);
        }
    }

    private static OpCase Case(string kind) => (OpCase)OpTable.All.Single(entry => entry.Kind == kind).Generate(5);

    private static Op<double> Build(string kind) => Case(kind).Build(new HostOperands<double>());

    private static TensorRef<float> New(int length) => new HostMemory<float>(length).All();

    private static (string, OperandAccess, Shape, bool) Declaration(Operand operand) => (operand.Name, operand.Access, operand.Shape, operand.MayBeOverwritten);

    private static IEnumerable<PropertyInfo> PropertiesOf(Op<double> op) =>
        op.GetType().GetConstructors().Single(static constructor => constructor.IsPublic).GetParameters().Select(parameter => op.GetType().GetProperty(parameter.Name!)!);

    private static IEnumerable<PropertyInfo> ConstantsOf(Op<double> op) => PropertiesOf(op).Where(static property => !IsTensor(property));

    private static IEnumerable<(string Name, DeviceMemory Memory)> TensorsOf(Op<double> op) =>
        PropertiesOf(op).Where(IsTensor).Select(property => (char.ToLowerInvariant(property.Name[0]) + property.Name[1..], MemoryOf(property.GetValue(op)!)));

    private static bool IsTensor(PropertyInfo property) => property.PropertyType == typeof(TensorRef<double>) || property.PropertyType == typeof(TensorRef<int>);

    private static DeviceMemory MemoryOf(object tensor) => tensor is TensorRef<int> integers ? integers.Memory : ((TensorRef<double>)tensor).Memory;

    private sealed class Moved : ITensorMap
    {
        public Dictionary<DeviceMemory, DeviceMemory> Places { get; } = new(ReferenceEqualityComparer.Instance);

        public TensorRef<E> Map<E>(TensorRef<E> tensor)
            where E : unmanaged
        {
            Places.Add(tensor.Memory, new HostMemory<E>(tensor.Length));
            return ((DeviceMemory<E>)Places[tensor.Memory]).View(0, tensor.Shape);
        }
    }

    private sealed class Nowhere : ITensorMap
    {
        public TensorRef<E> Map<E>(TensorRef<E> tensor)
            where E : unmanaged => tensor;
    }
}
