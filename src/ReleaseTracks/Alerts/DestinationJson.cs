using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Alerts;

/// <summary>Reads and writes destinations.</summary>
public static class DestinationJson
{
    private const int UrlLength = 2000;

    public static Destination? Read(JsonInput input)
    {
        var before = input.Errors.Count;
        if (!input.RequireObject("key", "kind", "url", "events", "secret"))
            return null;
        var kind = DestinationKinds.Parse(input.Member("kind").RequiredString(63));
        if (kind is null && input.Errors.Count == before)
            input.Member("kind").Fail("Must be webhook or alertmanager.");
        var destination = new Destination
        {
            Key = ReadKey(input.Member("key")),
            Kind = kind ?? DestinationKind.Webhook,
            Url = ReadUrl(input.Member("url"), kind),
            Events = ReadEvents(input.Member("events")),
            Secret = ReadSecret(input.Member("secret"), kind),
        };
        return input.Errors.Count == before ? destination : null;
    }

    public static string ReadKey(JsonInput input)
    {
        var before = input.Errors.Count;
        var key = input.RequiredString(63);
        if (input.Errors.Count == before && !Text.IsKey(key))
            input.Fail("Must be lower-case letters, digits and hyphens, such as pager.");
        return key;
    }

    public static void Write(Utf8JsonWriter json, Destination destination)
    {
        json.WriteStartObject();
        WriteMembers(json, destination);
        json.WriteEndObject();
    }

    /// <summary>The members alone, so that the API can add how delivery stands.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Destination destination)
    {
        json.WriteString("key", destination.Key);
        json.WriteString("kind", destination.Kind.Wire());
        json.WriteString("url", destination.Url);
        json.WriteStrings("events", destination.Events.Select(one => one.Wire()));
        if (destination.Secret is { } secret)
            json.WriteString("secret", secret);
    }

    private static string ReadUrl(JsonInput input, DestinationKind? kind)
    {
        var before = input.Errors.Count;
        var text = input.RequiredString(UrlLength);
        if (input.Errors.Count > before)
            return text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.Host.Length == 0)
            input.Fail("Must be an absolute http or https address.");
        else if (url.UserInfo.Length > 0)
            input.Fail("Must have no user or password in it: the ledger can be read. Name a secret instead.");
        else if (url.Fragment.Length > 0)
            input.Fail("Must have no fragment: it would not be sent.");
        else if (kind == DestinationKind.Alertmanager && url.Query.Length > 0)
            input.Fail("Must be the base address of the Alertmanager; /api/v2/alerts is added to it.");
        return text;
    }

    /// <summary>Without a choice, everything.</summary>
    private static ImmutableArray<AlertEvent> ReadEvents(JsonInput input)
    {
        if (input.IsMissing)
            return AlertEvents.All;
        var before = input.Errors.Count;
        var chosen = new HashSet<AlertEvent>();
        foreach (var item in input.Items(AlertEvents.All.Length))
        {
            if (AlertEvents.Parse(item.OptionalString(63)) is { } known)
                chosen.Add(known);
            else
                item.Fail($"Unknown event; known are {string.Join(", ", AlertEvents.All.Select(one => one.Wire()))}.");
        }

        if (chosen.Count == 0 && input.Errors.Count == before)
            input.Fail("Name at least one event, or leave it out for all; remove the destination if it should hear nothing.");
        return [.. AlertEvents.All.Where(chosen.Contains)];
    }

    private static string? ReadSecret(JsonInput input, DestinationKind? kind)
    {
        if (!input.IsMissing)
            return ReadKey(input);
        if (kind == DestinationKind.Webhook)
            input.Fail("Missing: a webhook is signed; give the name of a secret in ReleaseTracks:Alerts:Secrets.");
        return null;
    }
}
