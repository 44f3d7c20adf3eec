using Msr.Conformance.Cases;
using Msr.Conformance.Ops;
using Msr.Conformance.Subjects;
using Msr.Conformance.Verification;
using Msr.Core.Backends;
using Msr.Core.Memory;
using Msr.Core.Numerics;
using Msr.Core.Ops;
using Msr.Cpu;
using Msr.Cpu.Reference;

namespace PropertyTests.Ops;

/// <summary>Ops that are elementwise by their traits have the same bits in pieces.</summary>
public sealed class ElementwiseTests
{
    private const int CasesPerKind = 8;

    public static TheoryData<string> Kinds => [.. OpTable.All.Where(static entry => Build(entry, 1, new HostOperands<float>()).Has(OpTraits.Elementwise)).Select(static entry => entry.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void An_elementwise_op_has_the_same_bits_in_pieces(string kind)
    {
        foreach (IBackend<float> backend in (IBackend<float>[])[new ReferenceBackend<float>(), new CpuBackend<float>(2)])
        {
            using (backend)
            {
                for (ulong seed = 0; seed < CasesPerKind; seed++)
                {
                    Loaded whole = new(backend, Case(kind, seed)), pieces = new(backend, Case(kind, seed));
                    backend.Run(whole.Op);
                    Shape result = whole.Op.Operands.First(static operand => operand.Access != OperandAccess.Read).Shape;
                    for (int i = 0; i < result[0]; i++)
                    {
                        backend.Run(pieces.Op.Rebind(new Piece(result, i)));
                    }

                    Assert.Equal(whole.Bits(), pieces.Bits());
                }
            }
        }
    }

    private static OpCase Case(string kind, ulong seed) => (OpCase)OpTable.All.Single(entry => entry.Kind == kind).Generate(seed);

    private static Op<float> Build(OpEntry entry, ulong seed, IOperands<float> at) => ((OpCase)entry.Generate(seed)).Build(at);

    /// <summary>One index of the outermost axis: of whole tensors, and of integers that there is one of for each.</summary>
    private sealed class Piece(Shape result, int index) : ITensorMap
    {
        public TensorRef<E> Map<E>(TensorRef<E> tensor)
            where E : unmanaged =>
            tensor.Length == result.Length || (typeof(E) == typeof(int) && tensor.Length == result[0])
                ? tensor.Memory.View(tensor.Offset + (index * (tensor.Length / result[0])), tensor.Length == result[0] ? new Shape(1) : Cut(tensor.Shape))
                : tensor;

        private Shape Cut(Shape shape) => shape[0] == result[0] ? shape.WithOuter(1) : new Shape((int)(shape.Length / result[0]));
    }

    private sealed class Loaded : IOperands<float>
    {
        private readonly IBackend<float> _backend;
        private readonly CaseData _data;
        private readonly List<TensorRef<float>> _tensors = [];

        public Loaded(IBackend<float> backend, OpCase opCase)
        {
            (_backend, _data) = (backend, opCase.Data);
            Op = opCase.Build(this);
        }

        public Op<float> Op { get; }

        public TensorRef<float> Real(string name, Shape shape)
        {
            TensorRef<float> tensor = _backend.Allocate<float>(shape.Length).View(0, shape);
            float[] values = _data.Reals.TryGetValue(name, out double[]? given) ? Array.ConvertAll(given, static value => (float)value) : new float[shape.Length];
            _backend.Upload(values, tensor);
            _tensors.Add(tensor);
            return tensor;
        }

        public TensorRef<int> Integer(string name, Shape shape)
        {
            TensorRef<int> tensor = _backend.Allocate<int>(shape.Length).View(0, shape);
            _backend.Upload(_data.Integers[name], tensor);
            return tensor;
        }

        public int[] Bits()
        {
            List<int> bits = [];
            foreach (TensorRef<float> tensor in _tensors)
            {
                float[] values = new float[tensor.Length];
                _backend.Download(tensor, values);
                bits.AddRange(values.Select(BitConverter.SingleToInt32Bits));
            }

            return [.. bits];
        }
    }
}
