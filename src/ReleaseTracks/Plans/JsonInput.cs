using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Plans;

/// <summary>
/// A JSON value somebody sent, together with where it stands. Reading never throws: what is missing or of the wrong
/// kind goes to <see cref="Errors"/> with its path and the fix, and a harmless stand-in is returned.
/// </summary>
public readonly struct JsonInput
{
    private const int FewMembers = 16;
    private readonly JsonElement element;
    private readonly Place place;
    private readonly InputErrors errors;

    public JsonInput(JsonElement element, string path, InputErrors errors)
        : this(element, new Place(null, path), errors)
    {
    }

    private JsonInput(JsonElement element, Place place, InputErrors errors) => (this.element, this.place, this.errors) = (element, place, errors);

    public JsonElement Element => element;

    public string Path => place.ToString();

    public InputErrors Errors => errors;

    public bool IsMissing => element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    public bool IsObject => element.ValueKind is JsonValueKind.Object;

    public void Fail(string message) => errors.Add(Path, message);

    /// <summary>The member of that name; missing if this is no object or has no such member.</summary>
    public JsonInput Member(string name) =>
        new(IsObject && Find(name) is { } value ? value : default, new Place(place, name), errors);

    /// <summary>Requires an object whose members are all known; a misspelt member is never silently ignored.</summary>
    public bool RequireObject(params ReadOnlySpan<string> known)
    {
        if (!IsObject)
        {
            Fail(IsMissing ? "Missing: give an object." : "Must be an object.");
            return false;
        }

        if (known.IsEmpty ? IsFewPlainNames() : IsKnownOnce(known))
            return true;
        var (seen, readable) = (new HashSet<string>(StringComparer.Ordinal), true);
        foreach (var property in element.EnumerateObject())
        {
            var name = Text.TryRead(property);
            if (name is null)
                errors.Add(Child("\uFFFD"), "The name is not valid Unicode.");
            else if (!known.IsEmpty && !known.Contains(name))
                errors.Add(Child(Text.Shown(name)), $"Unknown member; known here: {string.Join(", ", known!)}.");
            if (name is not null && !seen.Add(name))
                errors.Add(Child(Text.Shown(name)), "Given twice: keep one.");
            readable &= name is not null;
        }

        return readable;
    }

    /// <summary>As almost always. A name with an escape in it is not found here, and read in full above.</summary>
    private bool IsKnownOnce(ReadOnlySpan<string> known)
    {
        var seen = 0UL;
        foreach (var property in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(property);
            var at = 0;
            while (at < known.Length && !Ascii.Equals(name, known[at]))
                at++;
            if (at == known.Length || at >= 64 || (seen & (1UL << at)) != 0)
                return false;
            seen |= 1UL << at;
        }

        return true;
    }

    /// <summary>Whether these are few enough to be compared with each other, and no two of them the same.</summary>
    private bool IsFewPlainNames()
    {
        var count = 0;
        foreach (var property in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(property);
            if (++count > FewMembers || !CanonicalString.IsPlain(name))
                return false;
            var others = 0;
            foreach (var other in element.EnumerateObject())
            {
                if (++others == count)
                    break;
                if (name.SequenceEqual(JsonMarshal.GetRawUtf8PropertyName(other)))
                    return false;
            }
        }

        return true;
    }

    /// <summary>The members of a map. Nothing if this is no object.</summary>
    public IEnumerable<(string Name, JsonInput Value)> Members()
    {
        if (!IsObject)
            yield break;
        foreach (var property in element.EnumerateObject())
        {
            var name = Text.TryRead(property) ?? "\uFFFD";
            yield return (name, new(property.Value, new Place(place, Text.Shown(name)), errors));
        }
    }

    /// <summary>The items of an array. Nothing if missing; an error if it is no array or too long.</summary>
    public IReadOnlyList<JsonInput> Items(int most)
    {
        if (IsMissing)
            return [];
        if (element.ValueKind != JsonValueKind.Array)
        {
            Fail("Must be an array.");
            return [];
        }

        if (element.GetArrayLength() > most)
        {
            Fail($"Has {element.GetArrayLength()} items; at most {most} are allowed.");
            return [];
        }

        var items = new JsonInput[element.GetArrayLength()];
        var at = 0;
        foreach (var item in element.EnumerateArray())
            items[at] = new(item, new Place(place, at++), errors);
        return items;
    }

    public string? OptionalString(int most)
    {
        if (IsMissing)
            return null;
        if (element.ValueKind != JsonValueKind.String)
        {
            Fail("Must be a string.");
            return null;
        }

        if (!Text.TryRead(element, out var text))
        {
            Fail("Is not valid Unicode.");
            return null;
        }

        if (text.Length > most)
            Fail($"Has {text.Length} characters; at most {most} are allowed.");
        else if (Text.HasControl(text))
            Fail("Contains a control character: remove it.");
        else
            return text;
        return null;
    }

    public string RequiredString(int most)
    {
        if (IsMissing)
        {
            Fail("Missing: give a string.");
            return "";
        }

        var before = errors.Count;
        var text = OptionalString(most) ?? "";
        if (text.Length == 0 && errors.Count == before)
            Fail("Must not be empty.");
        return text;
    }

    public bool Flag(bool missing = false)
    {
        if (IsMissing)
            return missing;
        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return element.GetBoolean();
        Fail("Must be true or false.");
        return missing;
    }

    public double? Number()
    {
        if (IsMissing)
            return null;
        if (element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) && double.IsFinite(number))
            return number;
        Fail("Must be a number.");
        return null;
    }

    public long? Whole()
    {
        if (IsMissing)
            return null;
        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out var number))
            return number;
        Fail("Must be a whole number.");
        return null;
    }

    private JsonElement? Find(string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) ? value : null;
        }
        catch (InvalidOperationException)
        {
            // A sibling's name is not Unicode. The last of several, as above.
            return element.EnumerateObject().Where(property => Text.TryRead(property) == name).Select(property => (JsonElement?)property.Value).LastOrDefault();
        }
    }

    private string Child(string name) => new Place(place, name).ToString();

    /// <summary>Where a value stands, put into words only when something is wrong with it.</summary>
    private sealed class Place(Place? container, string name)
    {
        private readonly int? index;

        public Place(Place container, int index)
            : this(container, "") => this.index = index;

        public override string ToString() =>
            index is { } at ? $"{container}[{at}]"
            : container?.ToString() is { Length: > 0 } outer ? $"{outer}.{name}"
            : name;
    }
}
