namespace Msr.Core.Plans;

/// <summary>The path of the layer being emitted, and how many layers of each kind each scope holds so far.</summary>
public sealed class NameScope
{
    private readonly Stack<(string Path, Dictionary<string, int> Counts)> _scopes = new([("", [])]);

    /// <summary>The path of the current scope; empty at the root.</summary>
    public string Path => _scopes.Peek().Path;

    /// <summary>Enters a scope until the entry is disposed.</summary>
    /// <param name="name">Its name.</param>
    public Entry Enter(string name)
    {
        _scopes.Push((PathOf(name), []));
        return new Entry(this);
    }

    /// <summary>The path of a name within the current scope.</summary>
    /// <param name="name">The name.</param>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    /// <summary>The name of the next layer of a kind: the kind and a number from 1.</summary>
    /// <param name="kind">The kind.</param>
    public string NextName(string kind)
    {
        Dictionary<string, int> counts = _scopes.Peek().Counts;
        counts[kind] = counts.GetValueOrDefault(kind) + 1;
        return $"{kind}{counts[kind]}";
    }

    /// <summary>Leaves its scope when disposed.</summary>
    /// <param name="owner">The scopes.</param>
    public readonly struct Entry(NameScope owner) : IDisposable, IEquatable<Entry>
    {
        private readonly NameScope _owner = owner;

        /// <summary>Whether two entries belong to the same scopes.</summary>
        /// <param name="left">An entry.</param>
        /// <param name="right">Another entry.</param>
        public static bool operator ==(Entry left, Entry right) => left.Equals(right);

        /// <summary>Whether two entries belong to different scopes.</summary>
        /// <param name="left">An entry.</param>
        /// <param name="right">Another entry.</param>
        public static bool operator !=(Entry left, Entry right) => !left.Equals(right);

        /// <inheritdoc/>
        public void Dispose() => _owner._scopes.Pop();

        /// <inheritdoc/>
        public bool Equals(Entry other) => ReferenceEquals(_owner, other._owner);

        /// <inheritdoc/>
        public override bool Equals(object? obj) => obj is Entry other && Equals(other);

        /// <inheritdoc/>
        public override int GetHashCode() => _owner?.GetHashCode() ?? 0;
    }
}
