using System.Reflection;
using System.Reflection.Emit;

namespace PropertyTests.Architecture;

/// <summary>
/// Which namespaces of an assembly need which, read from its compiled code: base types, signatures, fields, attributes and every token of every
/// method body. A namespace that only its own using lines mention is not needed.
/// </summary>
internal sealed class NamespaceGraph
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> s_opcodes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    private readonly Assembly _assembly;
    private readonly SortedDictionary<string, SortedSet<string>> _needs = new(StringComparer.Ordinal);

    private NamespaceGraph(Assembly assembly) => _assembly = assembly;

    /// <summary>Reads an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    public static NamespaceGraph Of(Assembly assembly)
    {
        NamespaceGraph graph = new(assembly);
        foreach (Type type in assembly.GetTypes().Where(static type => type.Namespace is not null))
        {
            graph.Read(type);
        }

        return graph;
    }

    /// <summary>Reads edges as they are, for the tests of the search itself.</summary>
    /// <param name="edges">Who needs whom.</param>
    public static NamespaceGraph Of(params (string From, string To)[] edges)
    {
        NamespaceGraph graph = new(typeof(NamespaceGraph).Assembly);
        foreach ((string from, string to) in edges)
        {
            graph.NodeOf(from).Add(to);
        }

        return graph;
    }

    /// <summary>The namespaces that need each other, directly or through others: one entry per strongly connected group of two or more.</summary>
    public IEnumerable<string> Circles()
    {
        Dictionary<string, HashSet<string>> reach = _needs.Keys.ToDictionary(static name => name, Reach);
        return reach.Keys
            .Select(name => string.Join(" <-> ", reach[name].Where(other => other == name || reach.GetValueOrDefault(other)?.Contains(name) == true).Order(StringComparer.Ordinal)))
            .Where(static group => group.Contains("<->", StringComparison.Ordinal))
            .Distinct(StringComparer.Ordinal);
    }

    private HashSet<string> Reach(string start)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<string> open = new([start]);
        while (open.TryPop(out string? name))
        {
            foreach (string next in _needs.GetValueOrDefault(name) ?? [])
            {
                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return seen;
    }

    private SortedSet<string> NodeOf(string name)
    {
        if (!_needs.TryGetValue(name, out SortedSet<string>? needs))
        {
            _needs.Add(name, needs = new SortedSet<string>(StringComparer.Ordinal));
        }

        return needs;
    }

    private void Read(Type type)
    {
        SortedSet<string> needs = NodeOf(type.Namespace!);
        Add(needs, type.BaseType);
        AddAll(needs, type.GetInterfaces());
        AddAll(needs, type.GetCustomAttributesData().Select(static data => data.AttributeType));
        AddAll(needs, type.GetFields(All).Select(static field => field.FieldType));
        foreach (MethodBase method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            AddAll(needs, method.GetParameters().Select(static parameter => parameter.ParameterType));
            Add(needs, (method as MethodInfo)?.ReturnType);
            ReadBody(needs, method);
        }
    }

    private void ReadBody(SortedSet<string> needs, MethodBase method)
    {
        if (method.GetMethodBody() is not { } body || body.GetILAsByteArray() is not { } code)
        {
            return;
        }

        AddAll(needs, body.LocalVariables.Select(static local => local.LocalType));
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            OpCode opcode = s_opcodes[value];
            at += opcode.Size;
            if (opcode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                AddMember(needs, method.Module.ResolveMember(BitConverter.ToInt32(code, at), typeArguments, methodArguments));
            }

            at += LengthOf(opcode.OperandType, code, at);
        }
    }

    private static int LengthOf(OperandType operand, byte[] code, int at) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };

    private void AddMember(SortedSet<string> needs, MemberInfo? member)
    {
        Add(needs, member as Type ?? member?.DeclaringType);
        if (member is MethodInfo { IsGenericMethod: true } generic)
        {
            AddAll(needs, generic.GetGenericArguments());
        }
    }

    private void AddAll(SortedSet<string> needs, IEnumerable<Type> types)
    {
        foreach (Type type in types)
        {
            Add(needs, type);
        }
    }

    private void Add(SortedSet<string> needs, Type? type)
    {
        if (type is null)
        {
            return;
        }

        Add(needs, type.GetElementType());
        if (type.Assembly == _assembly && !type.IsGenericParameter && type.Namespace is { } name)
        {
            needs.Add(name);
        }

        if (type.IsGenericType)
        {
            AddAll(needs, type.GetGenericArguments());
        }
    }
}
