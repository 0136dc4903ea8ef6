#include "postgres/cluster_bootstrap.hpp"

#include <libpq-fe.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "postgres/cluster_directory.hpp"
#include "postgres/session.hpp"
#include "postgres/sql_error.hpp"

namespace florin::postgres {
namespace {

// The superuser's session: plain blocking libpq.
class Superuser {
public:
    explicit Superuser(const std::string& url) : connection_(PQconnectdb(url.c_str()), PQfinish) {
        if (PQstatus(connection_.get()) == CONNECTION_OK) return;
        const std::string why = PQerrorMessage(connection_.get());
        throw std::runtime_error("cannot connect to the embedded PostgreSQL: " + why.substr(0, why.find('\n')));
    }

    ResultPtr run(const std::string& sql) {
        ResultPtr result(PQexec(connection_.get(), sql.c_str()));
        const auto status = PQresultStatus(result.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return result;
        throw std::runtime_error("cannot prepare the embedded PostgreSQL: " + safe_message(result.get()));
    }

    bool has(const std::string& query) { return PQntuples(run(query).get()) > 0; }

    // The server and its log see only the verifier, never the password.
    std::string verifier(std::string_view role, const std::string& password) {
        const std::unique_ptr<char, void (*)(void*)> hashed(
            PQencryptPasswordConn(connection_.get(), password.c_str(), std::string(role).c_str(), "scram-sha-256"),
            PQfreemem);
        if (!hashed) throw std::runtime_error("cannot hash the password of a role");
        return hashed.get();
    }

private:
    std::unique_ptr<PGconn, void (*)(PGconn*)> connection_;
};

void ensure_role(Superuser& superuser, std::string_view role, const std::string& password) {
    const std::string name(role);
    if (!superuser.has("SELECT FROM pg_roles WHERE rolname = '" + name + "'")) superuser.run("CREATE ROLE " + name);
    superuser.run("ALTER ROLE " + name + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD '" +
                  superuser.verifier(role, password) + "'");
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') {
            out.push_back(c);
        } else if ((byte >= '0' && byte <= '9') || c == '-' || c == '.' || c == '_') {
            out.push_back(c);
        } else {
            out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
        }
    }
    return out;
}

}  // namespace

std::string cluster_url(const std::filesystem::path& socket_directory, std::string_view role, std::string_view password,
                        std::string_view database) {
    std::string url = "postgresql://";
    url.append(role).append(":").append(password).append("@/").append(database);
    return url + "?host=" + percent_encoded(socket_directory.string()) + "&port=5432";
}

void bootstrap(const std::filesystem::path& socket_directory, const Passwords& passwords) {
    Superuser superuser(cluster_url(socket_directory, kSuperuser, passwords.superuser, "postgres"));
    ensure_role(superuser, kOwnerRole, passwords.owner);
    ensure_role(superuser, kApplicationRole, passwords.application);
    const std::string database(kDatabase);
    if (!superuser.has("SELECT FROM pg_database WHERE datname = '" + database + "'")) {
        superuser.run("CREATE DATABASE " + database + " OWNER " + std::string(kOwnerRole));
    }
    superuser.run("REVOKE ALL ON DATABASE " + database + " FROM PUBLIC");
    superuser.run("GRANT CONNECT ON DATABASE " + database + " TO " + std::string(kApplicationRole));

    // PostgreSQL lets everybody make large objects, which would be all that the application could own, and write
    // messages for others into the write-ahead log.
    Superuser inside(cluster_url(socket_directory, kSuperuser, passwords.superuser, database));
    inside.run(
        "REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea), "
        "pg_logical_emit_message(bool, text, text), pg_logical_emit_message(bool, text, bytea) FROM PUBLIC");
}

}  // namespace florin::postgres
