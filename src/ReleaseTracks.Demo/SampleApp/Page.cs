using System.Net;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>The frame of every page: navigation, what this reader gets and why, and the content.</summary>
internal static class Page
{
    private const string Style = """
        :root { color-scheme: light dark; font: 17px/1.5 system-ui, sans-serif }
        body { max-width: 42rem; margin: 2rem auto; padding: 0 1rem }
        nav { display: flex; gap: 1.2rem; margin-bottom: 1.5rem }
        article { border-top: 1px solid #8884; padding: .8rem 0 }
        .cards { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
        .cards article { border: 1px solid #8884; border-radius: .6rem; padding: .8rem }
        h1 { font-size: 1.6rem } h2 { font-size: 1.1rem; margin: 0 }
        small, aside { color: light-dark(#595959, #b0b0b0) } aside { border-left: .25rem solid #88a; padding-left: .8rem; margin: 1rem 0 }
        button { font: inherit; padding: .2rem .8rem }
        """;

    public static IResult Show<T>(string title, string user, Served<T> served, string content)
        where T : class => Results.Content(Frame(title, user, Why(served.Assignment) + content), "text/html; charset=utf-8", null, 200);

    public static IResult Unavailable(string title, string user, Assignment? assignment) => Results.Content(
        Frame(title, user, Why(assignment) + "<p><strong>This page is not available right now.</strong> Please try again later.</p>"),
        "text/html; charset=utf-8", null, 503);

    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public static string Article(Article article, string text) =>
        $"<article><h2>{Text(article.Title)}</h2><small>{Text(article.Topic)}</small><div>{Text(text)}</div></article>";

    private static string Why(Assignment? assignment) => assignment is null
        ? "<aside>The release server does not answer: this is the plain version.</aside>"
        : $"<aside>Track <b>{Text(assignment.Track)}</b>, served <b>{Text(assignment.Variant)}</b> ({Text(assignment.Cause)}). {Text(assignment.Disclosure ?? "")}</aside>";

    private static string Frame(string title, string user, string content)
    {
        var reader = Uri.EscapeDataString(user);
        return $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>{Text(title)} · The Daily Feed</title>
            <meta name="viewport" content="width=device-width"><style>{Style}</style></head><body>
            <nav><b>The Daily Feed</b><a href="/?user={reader}">Home</a><a href="/feed?user={reader}">Feed</a>
            <a href="/summary?user={reader}">Summary</a><small>as {Text(user)}</small></nav>
            <h1>{Text(title)}</h1>{content}</body></html>
            """;
    }
}
